"""What is committed speaks of the project alone, leads nowhere that isn't there, and needs no particular machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import ROOT, committed, decoded

#: Places on somebody's machine, and work put off. (Parted by a dot, or this file would hold them itself.)
FORBIDDEN = [
    word.replace(".", "")
    for word in ("/wo.rk/", "/ro.ot/", "/ho.me/", "C:\\.Users", "TO.DO", "FIX.ME", "X.XX")
]
PUBLIC_REGISTRY = "https://registry.npmjs.org/"
LARGEST = 1024 * 1024
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def texts() -> Iterator[tuple[str, str]]:
    """The committed files that are text, with what they say."""
    for path in committed():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content:
            yield path, decoded(path)


@pytest.mark.parametrize("words", FORBIDDEN)
def test_no_file_speaks_of_a_machine_or_puts_work_off(words):
    whole = re.compile(rf"(?<!\w){re.escape(words)}")
    assert [path for path, text in texts() if whole.search(text)] == []


def test_files_are_small_enough_for_a_repository():
    assert [path for path in committed() if (ROOT / path).stat().st_size > LARGEST] == []


def test_packages_come_from_the_public_registry():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    sources = {package["resolved"] for package in packages.values() if "resolved" in package}
    assert {source for source in sources if not source.startswith(PUBLIC_REGISTRY)} == set()
    assert all("integrity" in package for name, package in packages.items() if name)


def test_every_setting_of_pip_is_the_users_own():
    assert [
        path for path, text in texts() if path.endswith((".cfg", ".toml", "Makefile")) and "index-url" in text
    ] == []


def links() -> Iterator[tuple[str, str]]:
    """The relative links of the documents, with the document they stand in."""
    for path in committed():
        if path.endswith(".md"):
            for found in LINK.finditer(_without_code((ROOT / path).read_text())):
                target = found[1] or found[2]
                if not re.match(r"[a-z]+:", target):
                    yield path, target


def leads_nowhere(document: str, target: str) -> bool:
    """Whether a link names no file, or no heading of it."""
    name, _, heading = target.partition("#")
    file = (ROOT / document).parent / name if name else ROOT / document
    if not file.exists():
        return True
    return bool(heading) and file.suffix == ".md" and heading not in headings(file)


def headings(file: Path) -> set[str]:
    """The anchors of a document's headings, as code hosts make them."""
    titles = re.findall(r"^#+ +(.+)$", _without_code(file.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def test_every_relative_link_leads_somewhere():
    assert [f"{document}: {target}" for document, target in links() if leads_nowhere(document, target)] == []


@pytest.mark.parametrize("target", ["no-such-file.md", "README.md#no-such-heading", "#no-such-heading"])
def test_a_broken_link_is_seen(target):
    assert leads_nowhere("docs/README.md", target)
