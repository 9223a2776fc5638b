"""The pictures in the documentation are those of the diagrams, and can be drawn anywhere."""

from __future__ import annotations

import hashlib
import re
import shutil
import struct

import pytest
from click.testing import CliRunner

from cli import modelling_tools
from cli.diagrams import render
from engine.errors import BadInput, SetupError
from tests.bpmn.diagrams import DIAGRAMS, FOLDER
from tests.support.sources import ROOT

PICTURES = ROOT / "docs" / "diagrams"


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.name)
def test_the_committed_picture_is_of_this_diagram(path):
    """If this fails: make diagrams."""
    drawn_from = re.search("sha256 ([0-9a-f]{64})", (PICTURES / f"{path.stem}.svg").read_text("utf-8"))
    assert drawn_from is not None
    assert drawn_from[1] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_there_is_no_picture_of_a_diagram_that_is_gone():
    assert {path.stem for path in PICTURES.glob("*.svg")} == {path.stem for path in DIAGRAMS}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Two pictures, made with the packaged browser on the packaged libraries, as on a bare machine."""
    out = tmp_path_factory.mktemp("drawn") / "new"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EHC_BROWSER", "packaged")
        patch.setenv("EHC_BROWSER_LIBRARIES", "packaged")
        files = [str(FOLDER / name) for name in ("appeal_window.bpmn", "consult_setting.bpmn")]
        answer = CliRunner().invoke(render, [*files, "--out", str(out)], catch_exceptions=False)
    return out, answer.output


@pytest.mark.browser
def test_drawing_names_its_pictures(drawn):
    out, said = drawn
    assert said.split() == [
        str(out / f"{name}.{kind}")
        for name in ("appeal_window", "consult_setting")
        for kind in ("svg", "png")
    ]


@pytest.mark.browser
@pytest.mark.parametrize("name", ["appeal_window", "consult_setting"])
def test_the_packaged_browser_draws_the_committed_picture(name, drawn):
    assert (drawn[0] / f"{name}.svg").read_bytes() == (PICTURES / f"{name}.svg").read_bytes()


@pytest.mark.browser
def test_a_photograph_has_the_size_of_the_drawing(drawn):
    svg = (drawn[0] / "consult_setting.svg").read_text("utf-8")
    size = [int(found) for found in re.findall(r'<svg[^>]*? width="(\d+)" height="(\d+)"', svg)[0]]
    png = (drawn[0] / "consult_setting.png").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert list(struct.unpack(">II", png[16:24])) == size


@pytest.mark.browser
def test_a_file_that_is_no_diagram_is_refused_in_words(tmp_path):
    path = tmp_path / "half.bpmn"
    path.write_text("<definitions", "utf-8")
    with pytest.raises(BadInput, match=r"half\.bpmn can't be drawn: unparsable content"):
        CliRunner().invoke(render, [str(path), "--out", str(tmp_path)], catch_exceptions=False)


def test_other_files_are_not_drawn():
    with pytest.raises(BadInput, match=r"who_is_told\.dmn isn't a diagram"):
        CliRunner().invoke(render, [str(FOLDER / "who_is_told.dmn")], catch_exceptions=False)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(BadInput, match="There is no diagram in"):
        CliRunner().invoke(render, [str(tmp_path)], catch_exceptions=False)


def test_without_the_packages_it_says_how_to_get_them(tmp_path):
    with pytest.raises(SetupError, match=r"Run there: make setup"):
        modelling_tools.answers("render.mjs", root=tmp_path)


def test_without_node_it_says_so(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SetupError, match="Node 20 or later"):
        modelling_tools.answers("render.mjs")


def test_a_script_that_fails_is_quoted():
    with pytest.raises(SetupError, match=r"check\.mjs failed: .*no such file"):
        modelling_tools.answers("check.mjs", FOLDER, "nowhere.dmn")
