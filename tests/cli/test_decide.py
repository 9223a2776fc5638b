"""`ehc decide`: one decision or many, asked from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.decide import decide
from tests.engine.dmn.models import NAMESPACE, decision, given, knowledge, service, table, xml


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A model with a few decisions and a service."""
    elements = (
        given("born", "date"),
        given("x", "number"),
        decision("Year", "born.year", inputs=("born",)),
        decision("Next day", 'born + duration("P1D")', inputs=("born",)),
        decision("Third", "x / 3", inputs=("x",)),
        decision("Half", "x / 2", inputs=("x",)),
        decision("Broken", "x +", inputs=("x",)),
        decision("Endless", "for i in 1..10**9 return i"),
        service("Both", ("Third", "Half"), inputs=("x",)),
    )
    path = tmp_path / "model.dmn"
    path.write_bytes(xml(*elements))
    return str(path)


def ask(*arguments: str, stdin: str = ""):
    return CliRunner().invoke(decide, arguments, input=stdin)


@pytest.mark.parametrize(
    ("name", "given_json", "expected"),
    [
        ("Year", {"born": "2015-02-03"}, 2015),
        ("Next day", {"born": "2015-02-28"}, "2015-03-01"),
        ("Third", {"x": 1}, "0.3333333333333333333333333333333333"),
        ("Half", {"x": 1}, 0.5),
        ("Half", {"x": 4}, 2),
        ("Half", {"x": "4"}, 2),
        ("Half", {" x ": 4}, 2),
        ("  Next   day ", {"born": {"@": "2015-02-28"}}, "2015-03-01"),
        ("Both", {"x": 3}, {"Third": 1, "Half": 1.5}),
    ],
)
def test_a_decision_answers(file, name, given_json, expected):
    done = ask(file, "--decision", name, "--input", json.dumps(given_json))
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"result": expected, "warnings": []}


def test_what_became_null_is_explained(file):
    done = ask(file, "--decision", "Year", "--input", '{"born": "2015-02-30"}')
    answer = json.loads(done.stdout)
    assert answer["result"] is None
    assert "'born'" in answer["warnings"][0]


def test_an_expression_that_is_not_feel_is_explained(file):
    answer = json.loads(ask(file, "--decision", "Broken").stdout)
    assert answer["result"] is None
    assert any("isn't FEEL" in warning for warning in answer["warnings"])


def test_the_only_decision_needs_no_name(tmp_path):
    path = tmp_path / "one.dmn"
    rules = ['"a" | true', "- | false"]
    path.write_bytes(xml(given("x"), decision("only", table(["x"], ["o"], rules, "FIRST"), inputs=("x",))))
    assert json.loads(ask(str(path), "--input", '{"x": "a"}').stdout)["result"] is True
    assert json.loads(ask(str(path)).stdout)["result"] is False


def test_files_may_import_each_other(tmp_path):
    first = f"<import name='lib' namespace='urn:lib' importType='{NAMESPACE}'/>"
    calls = decision("d", "lib.double(4)", knowledge=("urn:lib#double",))
    files = {
        "main.dmn": xml(first, calls, namespace="urn:main"),
        "lib.dmn": xml(knowledge("double", {"n": "number"}, "n * 2"), namespace="urn:lib"),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    done = ask(*(str(tmp_path / name) for name in files))
    assert json.loads(done.stdout)["result"] == 8


def test_lines_are_answered_one_by_one_and_a_bad_one_stops_nothing(file):
    lines = [
        '{"decision": "Half", "input": {"x": 3}}',
        "not JSON",
        "",
        '{"decision": "Nothing"}',
        '{"decision": "Endless"}',
        '{"decision": 5}',
        '{"decision": "Half", "input": [1]}',
        "[1]",
        '{"decision": "Year", "input": {"born": "2015-02-03"}}',
    ]
    done = ask(file, "--input", "-", stdin="\n".join(lines))
    assert done.exit_code == 0
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("result") for answer in answers] == [1.5, *[None] * 6, 2015]
    assert ["error" in answer for answer in answers] == [False, *[True] * 6, False]


def test_lines_may_leave_the_decision_to_the_option(file):
    done = ask(file, "--decision", "Half", "--input", "-", stdin='{"input": {"x": 1}}\n')
    assert json.loads(done.stdout)["result"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("FILE",), "Say which decision, with --decision. There are: 'Year', 'Next day'"),
        (("FILE", "--decision", "Nothing"), "There is no decision 'Nothing'. There are: 'Year'"),
        (("FILE", "--decision", "Half", "--input", "{"), "The input isn't JSON"),
        (("FILE", "--decision", "Half", "--input", "[1]"), "The input is a JSON object"),
        (("FILE", "--decision", "Half", "--input", '{"x": {"@": "x"}}'), "can't be read"),
        (("FILE", "--decision", "Half", "--input", f'{{"x": {"9" * 9_000}}}'), "it is too large"),
        (("FILE", "--decision", "Half", "--input", '{"x": NaN}'), "not a number"),
        (("FILE", "--decision", "Endless"), "Work on fewer"),
        (("nothing.dmn",), "The file nothing.dmn can't be read"),
        (("BAD",), "isn't well-formed XML"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(file, tmp_path, arguments, sentence):
    bad = tmp_path / "bad.dmn"
    bad.write_text("<definitions")
    done = ask(*({"FILE": file, "BAD": str(bad)}.get(word, word) for word in arguments))
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stdout == ""


def test_help_has_an_example():
    assert "ehc decide bpmn/phase_transfer.dmn --input" in ask("--help").stdout
