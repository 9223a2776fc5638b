"""`ehc lint` as a person, a script and CI use it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.lint import lint
from engine.ladder import FILE as LADDER
from tests.engine.definitions.sketches import TABLE, YES_NO_FORM, user_task
from tests.engine.forms.papers import document, question
from tests.engine.ladder.shipped import TEXT as LADDER_TEXT
from tests.engine.ladder.shipped import another

FORM = '<zeebe:formDefinition formId="decide"/>'
SHIPPED = Path(__file__).parents[2] / "bpmn"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(lint, [str(each) for each in arguments])


def put(folder: Path, **files: bytes) -> Path:
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return folder


def test_what_we_ship_has_nothing_to_say() -> None:
    result = run(SHIPPED)
    assert (result.exit_code, result.output.splitlines()[-1].split(": ")[1]) == (0, "nothing to say.")


def test_a_diagram_finds_its_form_beside_it(tmp_path: Path) -> None:
    put(tmp_path, a_bpmn=user_task(FORM), decide_form=YES_NO_FORM)
    assert run(tmp_path / "a.bpmn").exit_code == 0


def test_an_error_ends_with_one_and_says_what_to_do(tmp_path: Path) -> None:
    put(tmp_path, a_bpmn=user_task(FORM, agency="cahms"), decide_form=YES_NO_FORM)
    result = run(tmp_path / "a.bpmn")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        str(tmp_path / "a.bpmn"),
        "  error it [unknown-agency]",
        "    “Do it” is owed by “cahms”, which is no agency we know: nobody would see the task.",
        "    Did you mean camhs?",
        "",
        "1 file(s): 1 error(s), 0 warning(s).",
    ]


def test_a_warning_alone_is_no_failure(tmp_path: Path) -> None:
    put(tmp_path, a_bpmn=user_task(FORM, rule="reg5_decide_to_assess"), decide_form=YES_NO_FORM)
    result = run(tmp_path / "a.bpmn")
    assert (result.exit_code, "due-date-not-limit" in result.output) == (0, True)


def test_json_holds_the_findings_and_nothing_else(tmp_path: Path) -> None:
    put(tmp_path, a_form=document(question("textfield", "a", label="")))
    result = run(tmp_path / "a.form", "--format", "json")
    assert result.exit_code == 1
    (finding,) = json.loads(result.output)
    assert list(finding) == ["file", "element", "severity", "rule", "message", "remedy"]
    assert (finding["file"], finding["element"]) == (str(tmp_path / "a.form"), "Field_a")


def test_json_of_nothing_is_an_empty_list(tmp_path: Path) -> None:
    put(tmp_path, a_dmn=TABLE)
    assert json.loads(run(tmp_path / "a.dmn", "--format", "json").output) == []


def test_the_same_file_by_two_paths_is_one_file(tmp_path: Path) -> None:
    put(tmp_path, decide_form=YES_NO_FORM)
    other = tmp_path / "inner"
    other.mkdir()
    assert run(other / ".." / "decide.form").exit_code == 0


@pytest.mark.parametrize("arguments", [[], ["nowhere.bpmn"], ["--format", "xml", "a.bpmn"]])
def test_bad_usage_is_two(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_file_of_another_kind_is_bad_usage(tmp_path: Path) -> None:
    put(tmp_path, notes_md=b"")
    result = run(tmp_path / "notes.md")
    assert (result.exit_code, "neither a diagram" in result.output) == (2, True)


def test_a_folder_without_diagrams_is_bad_usage(tmp_path: Path) -> None:
    assert run(tmp_path).exit_code == 2


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """The shipped templates of letters, to be spoilt."""
    return Path(shutil.copytree(SHIPPED / "notices", tmp_path / "notices"))


def test_the_letters_beside_the_diagrams_are_looked_at_too() -> None:
    shipped = len(list((SHIPPED / "notices").glob("*.html")))
    alone = run(*sorted((SHIPPED / "notices").glob("*.html"))).output
    assert alone == f"{shipped} file(s): nothing to say.\n"


def test_a_letter_that_couldnt_be_sent_is_found_before_the_day(letters: Path) -> None:
    shared = letters / "_appeal.html"
    shared.write_text(shared.read_text().replace('data-part="time_limit"', ""))
    result = run(letters / "final_plan.html")
    assert result.exit_code == 1
    assert "letter-pack-lacks-a-part" in result.output
    assert "(time_limit)" in result.output
    assert run(letters / "draft_plan.html").exit_code == 0


def test_a_letter_that_no_notice_is_called_after_is_named(letters: Path) -> None:
    path = (letters / "draft_plan.html").rename(letters / "draft_plans.html")
    result = run(path)
    assert "letter-unknown" in result.output
    assert "Did you mean draft_plan?" in result.output


def test_a_ladder_names_only_messages_whose_templates_lie_beside_it(tmp_path: Path) -> None:
    (tmp_path / LADDER).write_text(another(LADDER_TEXT, '"urgent"', '"urgnt"'), encoding="utf-8")
    assert run(tmp_path / LADDER).exit_code == 0
    shutil.copytree(SHIPPED / "messages", tmp_path / "messages")
    result = run(tmp_path / LADDER)
    assert result.exit_code == 1
    assert "error escalation_ladder_rule_7_out_4 [ladder-unknown-wording]" in result.output
    assert "Did you mean urgent?" in result.output


def test_a_ladder_stands_in_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "stairs.dmn").write_text(LADDER_TEXT, encoding="utf-8")
    result = run(tmp_path / "stairs.dmn")
    assert (result.exit_code, "[ladder-elsewhere]" in result.output) == (1, True)
