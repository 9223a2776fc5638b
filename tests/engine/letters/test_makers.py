"""Letters as PDFs: tagged, in their language, with our fonts and nothing from elsewhere, by either maker."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from engine.letters import Letters, read_folder
from engine.letters.fields import SAMPLE
from engine.letters.printing import Maker, MakerAway, PdfRefused, choose
from engine.letters.printing.chromium import ChromiumMaker
from engine.letters.printing.weasy import WeasyMaker

ROOT = Path(__file__).parents[3]
FIND = (
    "import('./tools/browser.mjs').then((b) => b.findBrowser()).then((f) => console.log(JSON.stringify(f)))"
)
PAGE = (
    Letters(read_folder(ROOT / "bpmn" / "notices")).write("decision_to_assess", SAMPLE, appealable=False).html
)
WHOLE = '<!doctype html><html lang="en-GB"><head><title>A title</title></head><body>{}</body></html>'


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> ChromiumMaker:
    """The Chromium that the tests carry."""
    found = json.loads(subprocess.check_output(["node", "-e", FIND], cwd=ROOT))
    script = tmp_path_factory.mktemp("chromium") / "chromium"
    additions = " ".join(f"{name}={shlex.quote(value)}" for name, value in found["environment"].items())
    script.write_text(f'#!/bin/sh\nexec env {additions} {shlex.quote(found["executablePath"])} "$@"\n')
    script.chmod(0o755)
    return ChromiumMaker(script)


@pytest.fixture
def many_files_open() -> Iterator[None]:
    """As in a service, where a new file's descriptor has two digits."""
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(16)]
    yield
    for each in opened:
        os.close(each)


def check_is_tagged(pdf: bytes) -> None:
    read = PdfReader(io.BytesIO(pdf))
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].lower().startswith("en")
    assert "/StructTreeRoot" in root
    assert "Robin" in "".join(page.extract_text() for page in read.pages)


@pytest.mark.browser
@pytest.mark.usefixtures("many_files_open")
def test_chromium_makes_a_tagged_letter(chromium: ChromiumMaker) -> None:
    check_is_tagged(chromium.make(PAGE))


def test_weasyprint_makes_a_letter_that_claims_pdf_ua_or_says_which_library_it_lacks() -> None:
    here = choose()
    if lacking := here.away.get("weasyprint"):
        assert "lib" in lacking or "pip install" in lacking
        return
    maker = WeasyMaker()
    made = maker.make(PAGE)
    check_is_tagged(made)
    assert b"pdfuaid" in made or "pdfuaid" in str(PdfReader(io.BytesIO(made)).xmp_metadata.stream.get_data())
    assert maker.make(PAGE) == made


@pytest.mark.browser
def test_a_letter_reaches_no_file_of_the_machine(chromium: ChromiumMaker, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("known to nobody")
    page = WHOLE.format(f'<p>Robin</p><iframe src="{secret.as_uri()}"></iframe><img src="{secret.as_uri()}">')
    for maker in _makers(chromium):
        pdf = PdfReader(io.BytesIO(maker.make(page)))
        assert "known to nobody" not in "".join(each.extract_text() for each in pdf.pages)


@pytest.mark.browser
def test_what_is_no_page_is_refused(chromium: ChromiumMaker) -> None:
    for maker in _makers(chromium):
        with pytest.raises(PdfRefused, match="head"):
            maker.make("<p>Half a page")


def _makers(chromium: ChromiumMaker) -> Iterator[Maker]:
    yield chromium
    try:
        yield WeasyMaker()
    except MakerAway:
        return
