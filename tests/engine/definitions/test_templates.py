"""The element templates: generated from the data, committed as generated, valid by their own validator."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.templates import BESIDE, templates
from engine.definitions import vocabulary
from engine.definitions.folder import names_in
from engine.definitions.templates import TEMPLATE_VERSIONS, as_text, element_templates
from engine.law import statute

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "bpmn"
COMMITTED = FOLDER / BESIDE


def files() -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in FOLDER.iterdir() if path.suffix in (".bpmn", ".dmn", ".form")
    }


def made() -> dict[str, Any]:
    return {each[0]["id"]: each[0] for each in element_templates(names_in(files())).values()}


def prop(template: str, name: str) -> dict[str, Any]:
    return next(each for each in made()[template]["properties"] if each.get("id") == name)


def values(template: str, name: str) -> set[str]:
    return {choice["value"] for choice in prop(template, name)["choices"]}


def test_what_is_committed_is_what_is_generated() -> None:
    generated = {name: as_text(each) for name, each in element_templates(names_in(files())).items()}
    committed = {path.name: path.read_text("utf-8") for path in COMMITTED.glob("*.json")}
    assert committed == generated, "Run: ehc diagrams templates"


def test_every_template_that_lint_knows_is_generated() -> None:
    assert {name: (template["version"],) for name, template in made().items()} == dict(TEMPLATE_VERSIONS)


def test_the_validator_of_the_modeler_accepts_them() -> None:
    node = shutil.which("node")
    assert node is not None, "Node is needed to validate element templates; see tools/make-venv."
    script = Path(__file__).with_name("templates.mjs")
    broken = {**made()["ehc.task"], "id": "broken", "properties": "none"}
    given = json.dumps([*made().values(), broken])
    answer = subprocess.run(
        [node, script], input=given, capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    verdicts = {each["id"]: each for each in json.loads(answer.stdout)}
    assert not verdicts.pop("broken")["valid"]
    assert set(verdicts) == set(made())
    assert [error for each in verdicts.values() for error in each["errors"]] == []


@pytest.mark.parametrize("name", ["ehc.task", "ehc.timer.boundary", "ehc.timer.catch", "ehc.timer.start"])
def test_every_rule_with_a_day_can_be_chosen_and_found_by_its_group(name: str) -> None:
    timed = {rule.id for rule in statute() if rule.is_computable and rule.latest.nature != "duty"}
    template = made()[name]
    assert values(name, "rule") - {""} == timed
    assert {preset["id"] for preset in template["presets"]} == timed
    steps = [step for group in template["steps"] for step in group["steps"]]
    assert {step["presetId"] for step in steps} == timed
    assert len(template["steps"]) > 5
    assert all(step["presetId"] in step["keywords"] for step in steps)


@pytest.mark.parametrize("name", ["ehc.timer.boundary", "ehc.timer.catch", "ehc.timer.start"])
def test_a_timer_gets_its_time_from_the_law(name: str) -> None:
    time = next(each for each in made()[name]["properties"] if each["binding"].get("name") == "timeDate")
    assert (time["type"], time["value"]) == ("Hidden", "=limit.broken")


def test_agencies_roles_forms_and_notices_are_choices() -> None:
    words = vocabulary()
    assert set(words.agencies) <= values("ehc.task", "agency")
    assert set(words.roles) <= values("ehc.task", "role")
    assert {path.stem for path in FOLDER.glob("*.form")} <= values("ehc.task", "form")
    assert values("ehc.notice", "notice") == set(words.notices)
    assert values("ehc.record", "fact") == {f'="{name}"' for name in words.facts()}


def test_every_template_shows_the_standard_fields_too() -> None:
    assert all(
        each["entriesVisible"] is True and each["engines"] == {"camunda": "^8.9"} for each in made().values()
    )


def test_the_command_writes_them_beside_the_diagrams(tmp_path: Path) -> None:
    for name, content in files().items():
        (tmp_path / name).write_bytes(content)
    result = CliRunner().invoke(templates, [str(tmp_path)], catch_exceptions=False)
    assert result.exit_code == 0
    assert {path.name for path in (tmp_path / BESIDE).iterdir()} == {
        path.name for path in COMMITTED.iterdir()
    }
    assert len(result.output.splitlines()) == len(TEMPLATE_VERSIONS)
