"""Which browser draws: the machine's own where it works, else the packaged one with what it needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.sources import ROOT

pytestmark = pytest.mark.browser
ASK = "import { findBrowser } from './tools/browser.mjs'; console.log(JSON.stringify(await findBrowser()))"


def found(path: Path | None = None, **environment: str) -> dict[str, object]:
    node = shutil.which("node")
    assert node is not None
    paths = os.pathsep.join(filter(None, [str(path or ""), "/usr/bin", "/bin"]))
    answer = subprocess.run(
        [node, "--input-type=module", "--eval", ASK],
        cwd=ROOT,
        env={**os.environ, "PATH": paths, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(answer.stdout))


def installed(folder: Path, ends_with: int) -> Path:
    """A program named chromium that does nothing but end."""
    program = folder / "chromium"
    program.write_text(f"#!/bin/sh\nexit {ends_with}\n")
    program.chmod(0o755)
    return program


def test_a_browser_on_the_path_is_used(tmp_path):
    program = installed(tmp_path, 0)
    assert found(tmp_path) == {"executablePath": str(program), "environment": {}}


def test_a_stub_that_only_tells_how_to_install_one_is_passed_over(tmp_path):
    stub = installed(tmp_path, 1)
    assert found(tmp_path)["executablePath"] != str(stub)


def test_the_packaged_one_can_be_asked_for(tmp_path):
    working = installed(tmp_path, 0)
    assert found(tmp_path, EHC_BROWSER="packaged")["executablePath"] != str(working)


def test_where_the_machine_lacks_libraries_the_packaged_ones_are_put_first():
    bare = found(EHC_BROWSER="packaged", EHC_BROWSER_LIBRARIES="packaged", LD_LIBRARY_PATH="/elsewhere")
    environment = bare["environment"]
    assert isinstance(environment, dict)
    own, _, others = environment["LD_LIBRARY_PATH"].partition(os.pathsep)
    assert (Path(own) / "libnss3.so").is_file()
    assert others == "/elsewhere"


def test_the_packaged_font_alone_is_used():
    environment = found(EHC_BROWSER="packaged")["environment"]
    assert isinstance(environment, dict)
    assert "/usr" not in Path(environment["FONTCONFIG_FILE"]).read_text("utf-8").replace(str(ROOT), "")
