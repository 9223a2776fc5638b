"""`ehc try`: its lines, its steps and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.try_command import try_command
from tests.engine.spiff.sketch import (
    Process,
    Sketch,
    condition,
    document,
    each,
    event,
    extension,
    properties,
    tag,
    timer,
)

START = "2026-09-01T09:00:00Z"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def run(*arguments: object, format_: str = "json") -> Result:
    words = [str(argument) for argument in arguments]
    if "--start" not in words:
        words += ["--start", START]
    return CliRunner().invoke(try_command, [*words, "--format", format_])


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def last(result: Result) -> dict[str, Any]:
    return lines(result)[-1]


def told(result: Result, *events: str) -> list[str]:
    found = [line for line in lines(result) if "event" in line]
    return [f"{line['event']}:{line['elementId']}" for line in found if not events or line["event"] in events]


def put(folder: Path, name: str, content: bytes | str | object) -> Path:
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def form(form_id: str, *fields: tuple[str, str, str]) -> object:
    components = [
        {"type": kind, "key": key, "label": key, "id": f"c_{key}", "properties": {"ehc:example": example}}
        for key, kind, example in fields
    ]
    return {"type": "default", "id": form_id, "schemaVersion": 19, "components": components}


TASK = document(Process().start().user("h").script("after").end().path("s h after e"))


def test_without_steps_tasks_are_answered(folder: Path) -> None:
    result = run(put(folder, "a.bpmn", TASK))
    assert result.exit_code == 0
    assert told(result) == [
        "entered:s",
        "completed:s",
        "entered:h",
        "completed:h",
        "entered:after",
        "completed:after",
        "entered:e",
        "completed:e",
    ]
    assert lines(result)[0] == {"at": START, "elementId": "s", "event": "entered", "variables": {}}
    assert last(result) == {
        "status": "completed",
        "waiting": [],
        "variables": {"of_after": None},
        "incidents": [],
        "findings": [],
    }


def test_a_form_gives_its_example(folder: Path) -> None:
    task = extension(tag("zeebe:formDefinition", formId="ask"))
    xml = document(
        Process()
        .start()
        .put(tag("userTask", task, id="h"))
        .gate("exclusive", "g1")
        .script("yes", "no")
        .end("e", "e2")
        .path("s h g1")
        .when("g1", "yes", 'name = "Ada" and number = 3 and on = date("2026-09-01")')
        .otherwise("g1", "no")
        .path("yes e")
        .path("no e2")
    )
    fields = [("name", "textfield", "Ada"), ("number", "number", "=1 + 2")]
    ask = form("ask", *fields)
    ask["components"].append(
        {
            "type": "datetime",
            "subtype": "date",
            "key": "on",
            "dateLabel": "On",
            "id": "c_on",
            "properties": {"ehc:example": "=today()", "ehc:process": "yes"},
        }
    )
    for component in ask["components"]:
        component["properties"]["ehc:process"] = "yes"
    put(folder, "ask.form", ask)
    result = run(put(folder, "a.bpmn", xml))
    assert last(result)["variables"] == {"name": "Ada", "number": 3, "on": "2026-09-01", "of_yes": None}


def test_time_goes_to_the_next_due_instant(folder: Path) -> None:
    xml = document(
        Process()
        .start()
        .catch("c", timer("P6W"))
        .script("t")
        .catch("d", timer("P2Y"))
        .end()
        .path("s c t d e")
    )
    result = run(put(folder, "a.bpmn", xml))
    assert result.exit_code == 0
    assert [line["at"] for line in lines(result) if line.get("elementId") == "t"] == [
        "2026-10-13T09:00:00Z"
    ] * 2
    assert (last(result)["status"], last(result)["waiting"]) == ("waiting", ["d"])
    further = run(put(folder, "a.bpmn", xml), "--until", "2029-01-01")
    assert last(further)["status"] == "completed"


def test_steps_say_all_that_happens(folder: Path) -> None:
    xml = document(
        Process()
        .start()
        .user("h")
        .beside("b", "h", timer("PT1H"), interrupting=False)
        .script("late")
        .catch("c", event("message", "keyed"))
        .catch("d", event("signal", "g"))
        .end("e", "e2")
        .path("s h c d e")
        .path("b late e2")
    )
    steps = put(
        folder,
        "steps.json",
        [
            {"message": "keyed", "correlationKey": 7, "variables": {"x": 1}},
            {"advance": "PT2H"},
            {"complete": "h", "answers": {"case": 7}},
            {"advanceTo": "2026-09-02T09:00:00Z"},
            {"signal": "g"},
        ],
    )
    result = run(put(folder, "a.bpmn", xml), "--steps", steps)
    assert result.exit_code == 0, result.output
    assert told(result, "completed", "triggered") == [
        "completed:s",
        "triggered:b",
        "completed:b",
        "completed:late",
        "completed:e2",
        "completed:h",
        "triggered:c",
        "completed:c",
        "triggered:d",
        "completed:d",
        "completed:e",
    ]
    assert last(result)["variables"] == {"of_late": None, "case": 7, "x": 1}
    times = {
        line["elementId"]: line["at"]
        for line in lines(result)
        if line.get("event") in ("triggered", "completed")
    }
    assert (times["b"], times["h"], times["d"]) == (
        "2026-09-01T10:00:00Z",
        "2026-09-01T11:00:00Z",
        "2026-09-02T09:00:00Z",
    )


def test_without_a_step_nothing_happens(folder: Path) -> None:
    result = run(put(folder, "a.bpmn", TASK), "--steps", put(folder, "steps.json", []))
    assert (last(result)["status"], last(result)["waiting"]) == ("waiting", ["h"])


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([{"advance": "P1D"}, {"complete": "x"}], "Step 2: there is no open task 'x'. Open are: h."),
        ([{"complete": "h"}, {"complete": "h"}], "Step 2: there is no open task 'h'. No task is open."),
        ([{"advance": "a week"}], "Step 1: 'a week' is not a duration"),
        ([{"advanceTo": "2020-01-01"}], "Step 1: 2020-01-01 has passed"),
        ([{"start": "gone"}], "Step 1: there is no process 'gone'. There are: p."),
        ([{"do": "h"}], "Step 1 must say exactly one of"),
        ([{"complete": "h", "variables": {}}], "Step 1: 'complete' does not take variables"),
        ([{"complete": 1}], "Step 1: what follows 'complete' must be a text"),
        ([{"complete": "h", "answers": []}, 5], "Step 2 is not an object"),
        ({}, "not a list"),
        ("no json", "not JSON"),
    ],
)
def test_a_step_that_cannot_be_done(folder: Path, steps: object, words: str) -> None:
    result = run(
        put(folder, "a.bpmn", TASK),
        "--steps",
        put(folder, "steps.json", steps if isinstance(steps, str) else json.dumps(steps)),
    )
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--process", "gone"], "no process 'gone'"),
        (["--variables", "{"], "not JSON"),
        (["--variables", "[1]"], "an object"),
        (["--start", "soon"], "not a date or time"),
        (["--until", "2026-02-30"], "no day"),
    ],
)
def test_asked_wrongly(folder: Path, arguments: list[str], words: str) -> None:
    result = run(put(folder, "a.bpmn", TASK), *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_no_such_file() -> None:
    assert run("gone.bpmn").exit_code == 2


def test_variables_are_given(folder: Path) -> None:
    xml = document(Process().start().script("t", set_="b = a + 1").end().path("s t e"))
    assert last(run(put(folder, "a.bpmn", xml), "--variables", '{"a": 1}'))["variables"] == {"a": 1, "b": 2}


def test_a_refused_diagram(folder: Path) -> None:
    result = run(put(folder, "a.bpmn", document(Process().start().user("island").end().path("s e"))))
    assert result.exit_code == 1
    (only,) = lines(result)
    assert (only["status"], only["waiting"], only["variables"], only["incidents"]) == ("refused", [], {}, [])
    assert [(found["element"], found["rule"], found["severity"]) for found in only["findings"]] == [
        ("island", "unreachable", "error")
    ]
    assert set(only["findings"][0]) == {"file", "element", "severity", "rule", "message", "remedy"}


@pytest.mark.parametrize("content", [b"", b"hello", b"<a/>", b"<!DOCTYPE a><a/>"])
def test_a_file_that_is_no_diagram(folder: Path, content: bytes) -> None:
    result = run(put(folder, "a.bpmn", content))
    assert (result.exit_code, last(result)["status"]) == (1, "refused")


def test_an_incident(folder: Path) -> None:
    xml = document(
        Process()
        .start()
        .user("h")
        .gate("exclusive", "g1")
        .script("a", "b")
        .end("e", "e2")
        .path("s h g1")
        .when("g1", "a", "x < 5")
        .otherwise("g1", "b")
        .path("a e")
        .path("b e2")
    )
    result = run(put(folder, "a.bpmn", xml))
    assert result.exit_code == 1
    assert (last(result)["status"], last(result)["waiting"]) == ("incident", ["h"])
    (incident,) = last(result)["incidents"]
    assert incident["elementId"] == "g1"
    assert "neither true nor false" in incident["message"]
    assert incident["remedy"]
    assert "completed:h" not in told(result)


def test_an_incident_at_the_start(folder: Path) -> None:
    result = run(
        put(folder, "a.bpmn", document(Process().start().end("e", event=event("error", "r")).path("s e")))
    )
    assert (result.exit_code, last(result)["status"], last(result)["waiting"]) == (1, "incident", [])


def test_an_incident_may_be_mended_by_another_answer(folder: Path) -> None:
    xml = document(
        Process()
        .start()
        .user("h")
        .gate("exclusive", "g1")
        .script("a", "b")
        .end("e", "e2")
        .path("s h g1")
        .when("g1", "a", "x < 5")
        .otherwise("g1", "b")
        .path("a e")
        .path("b e2")
    )
    steps = put(folder, "steps.json", [{"complete": "h"}, {"complete": "h", "answers": {"x": 1}}])
    result = run(put(folder, "a.bpmn", xml), "--steps", steps)
    assert told(result, "completed")[-1] == "completed:e"
    assert (result.exit_code, last(result)["status"]) == (1, "incident")


CALLER = document(Process("caller").start().call("c", "called").end().path("s c e"))
CALLED = document(Process("called").start("s1").script("in").end("e1").path("s1 in e1"))


def test_a_called_process_is_found_beside_the_file(folder: Path) -> None:
    put(folder, "called.bpmn", CALLED)
    put(folder, "broken.bpmn", b"not xml")
    result = run(put(folder, "caller.bpmn", CALLER))
    assert "completed:in" in told(result)
    assert run(folder / "caller.bpmn", folder / "called.bpmn").exit_code == 0


def test_a_called_process_that_is_nowhere(folder: Path) -> None:
    result = run(put(folder, "caller.bpmn", CALLER))
    assert [found["rule"] for found in last(result)["findings"]] == ["called-process-missing"]


def test_a_process_called_by_expression_is_found_beside_the_file(folder: Path) -> None:
    put(folder, "called.bpmn", CALLED)
    put(folder, "broken.bpmn", b"not xml")
    call = extension(tag("zeebe:calledElement", processId="=which"))
    caller = document(Process("caller").start().put(tag("callActivity", call, id="c")).end().path("s c e"))
    result = run(put(folder, "caller.bpmn", caller), "--variables", '{"which": "called"}')
    assert "completed:in" in told(result)


def test_the_process_that_nobody_calls_is_started(folder: Path) -> None:
    both = document(
        Process("called").start("s1").script("in").end("e1").path("s1 in e1"),
        Process("caller").start().call("c", "called").end().path("s c e"),
    )
    path = put(folder, "a.bpmn", both)
    assert told(run(path))[0] == "entered:s"
    assert told(run(path, "--process", "called"))[0] == "entered:s1"


def test_a_decision_is_asked(folder: Path) -> None:
    table = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="test">
      <decision id="grade" name="grade"><decisionTable id="t"><input id="i"><inputExpression id="ie" typeRef="number"><text>x</text></inputExpression></input>
      <output id="o" name="grade" typeRef="string"/><rule id="r1"><inputEntry id="a"><text>&gt; 5</text></inputEntry><outputEntry id="b"><text>"high"</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="c"><text>&lt;= 5</text></inputEntry><outputEntry id="f"><text>"low"</text></outputEntry></rule></decisionTable>
      <informationRequirement id="ir"><requiredInput href="#in"/></informationRequirement></decision>
      <inputData id="in" name="x"><variable id="v" name="x" typeRef="number"/></inputData></definitions>"""
    decide = extension(tag("zeebe:calledDecision", decisionId="grade", resultVariable="result"))
    xml = document(Process().start().put(tag("businessRuleTask", decide, id="t")).end().path("s t e"))
    put(folder, "grade.dmn", table)
    assert last(run(put(folder, "a.bpmn", xml), "--variables", '{"x": 7}'))["variables"] == {
        "x": 7,
        "result": "high",
    }


def test_messages_and_signals_start_and_reach_others(folder: Path) -> None:
    xml = document(
        Process("asks")
        .start("s")
        .throw("t", event("message", "m"))
        .catch("c", event("message", "m2"))
        .end()
        .path("s t c e"),
        Process("answers")
        .start("s1", event("message", "m"))
        .script("think")
        .throw("t1", event("message", "m2"))
        .throw("g1", event("signal", "g"))
        .end("e1")
        .path("s1 think t1 g1 e1"),
        Process("listens").start("s2", event("signal", "g")).script("heard").end("e2").path("s2 heard e2"),
    )
    result = run(put(folder, "a.bpmn", xml), "--process", "asks")
    assert {"completed:think", "completed:heard", "completed:e"} <= set(told(result))
    assert last(result)["status"] == "completed"


def test_a_process_that_a_message_starts_waits_for_its_step(folder: Path) -> None:
    path = put(
        folder, "a.bpmn", document(Process().start("s", event("message", "m")).user("h").end().path("s h e"))
    )
    steps = put(folder, "steps.json", [{"message": "m", "variables": {"x": 1}}])
    result = run(path, "--steps", steps)
    assert told(result).count("entered:s") == 1
    assert (last(result)["waiting"], last(result)["variables"]) == (["h"], {"x": 1})
    assert last(run(path))["status"] == "completed"


def test_a_timer_starts_its_process_when_it_is_due(folder: Path) -> None:
    path = put(
        folder,
        "a.bpmn",
        document(Process().start("s", timer("R2/P1D", "Cycle")).script("t").end().path("s t e")),
    )
    result = run(path)
    assert [
        line["at"] for line in lines(result) if line.get("event") == "completed" and line["elementId"] == "t"
    ] == [
        "2026-09-02T09:00:00Z",
        "2026-09-03T09:00:00Z",
    ]
    assert last(result)["status"] == "completed"
    early = run(path, "--steps", put(folder, "steps.json", [{"advance": "PT1H"}]))
    assert (told(early), last(early)["status"]) == ([], "waiting")


def test_steps_may_start_instances_themselves(folder: Path) -> None:
    steps = put(
        folder,
        "steps.json",
        [{"start": "p", "variables": {"n": 1}}, {"start": "p", "variables": {"n": 2}}, {"complete": "h"}],
    )
    result = run(put(folder, "a.bpmn", TASK), "--steps", steps)
    assert (told(result).count("entered:h"), told(result).count("completed:h")) == (2, 1)
    assert (last(result)["waiting"], last(result)["variables"]["n"]) == (["h"], 1)


LIMITED = document(
    Process()
    .start()
    .put(
        tag(
            "serviceTask",
            extension(
                tag("zeebe:taskDefinition", type="ehc:record"),
                tag(
                    "zeebe:ioMapping",
                    tag("zeebe:input", source="request_received_on", target="fact")
                    + tag("zeebe:input", source='=date("2026-08-03")', target="date"),
                ),
            ),
            id="record",
        )
    )
    .user(
        "h",
        extra=extension(
            properties(rule="reg5_decide_to_assess"), tag("zeebe:taskSchedule", dueDate="=limit.due")
        ),
    )
    .beside(
        "b",
        "h",
        extension(properties(rule="reg5_decide_to_assess")) + timer("=limit.broken", "Date"),
        interrupting=False,
    )
    .script("late")
    .end("e", "e2")
    .path("s record h e")
    .path("b late e2")
)


def test_a_limit_counts_from_recorded_facts(folder: Path) -> None:
    steps = put(folder, "steps.json", [{"advance": "P30D"}])
    result = run(put(folder, "a.bpmn", LIMITED), "--steps", steps)
    assert [line["at"] for line in lines(result) if line.get("event") == "triggered"] == [
        "2026-09-14T23:00:00Z"
    ]


def test_a_limit_counts_from_a_variable_or_else_from_today(folder: Path) -> None:
    xml = LIMITED.replace(b'sourceRef="s" targetRef="record"', b'sourceRef="s" targetRef="h"')
    start = xml.index(b"<serviceTask")
    xml = xml[:start] + xml[xml.index(b"</serviceTask>") + len(b"</serviceTask>") :]
    xml = xml.replace(b'<sequenceFlow id="f1_record_h" sourceRef="record" targetRef="h"/>', b"")
    path, steps = put(folder, "a.bpmn", xml), put(folder, "steps.json", [{"advance": "P60D"}])

    def broken(*more: str) -> list[str]:
        return [
            line["at"]
            for line in lines(run(path, "--steps", steps, *more))
            if line.get("event") == "triggered"
        ]

    assert broken("--variables", '{"request_received_on": "2026-08-24"}') == ["2026-10-05T23:00:00Z"]
    assert broken() == ["2026-10-13T23:00:00Z"]


def test_an_unknown_rule_is_refused(folder: Path) -> None:
    result = run(put(folder, "a.bpmn", LIMITED.replace(b"reg5_decide_to_assess", b"reg5_decide_to_asess")))
    assert result.exit_code == 1
    assert {found["rule"] for found in last(result)["findings"]} == {"unknown-rule"}


def test_other_processes_of_the_case_are_started(folder: Path) -> None:
    starts = extension(
        tag("zeebe:taskDefinition", type="ehc:start"),
        tag(
            "zeebe:ioMapping",
            tag("zeebe:input", source="next", target="processId")
            + tag("zeebe:input", source="=x + 1", target="y"),
        ),
    )
    xml = document(
        Process().start().put(tag("serviceTask", starts, id="t")).end().path("s t e"),
        Process("next").start("s1").script("in", set_="z = y + 1").end("e1").path("s1 in e1"),
    )
    result = run(put(folder, "a.bpmn", xml), "--process", "p", "--variables", '{"x": 1}')
    assert [
        line["variables"]
        for line in lines(result)
        if line.get("elementId") == "in" and line["event"] == "completed"
    ] == [{"z": 3}]


def test_answers_that_lead_nowhere_come_to_an_end(folder: Path) -> None:
    xml = document(
        Process()
        .start()
        .gate("exclusive", "m1", "x1")
        .user("h")
        .end()
        .path("s m1 h x1")
        .when("x1", "m1", "true")
        .otherwise("x1", "e")
    )
    result = run(put(folder, "a.bpmn", xml))
    assert (result.exit_code, last(result)["status"], last(result)["waiting"]) == (0, "waiting", ["h"])


def test_each_iteration_is_answered(folder: Path) -> None:
    xml = document(
        Process()
        .start()
        .sub("h", Sketch().start("s1").user("in").end("e1").path("s1 in e1"), each("[1, 2, 3]", "n"))
        .end()
        .path("s h e")
    )
    assert told(run(put(folder, "a.bpmn", xml)), "completed").count("completed:in") == 3


def test_a_condition_that_never_comes_waits(folder: Path) -> None:
    xml = document(Process().start().catch("c", condition("x")).end().path("s c e"))
    assert last(run(put(folder, "a.bpmn", xml)))["waiting"] == ["c"]


def test_text_for_people(folder: Path) -> None:
    result = run(
        put(folder, "a.bpmn", TASK.replace(b'<userTask id="h"', b'<userTask id="h" name="Decide"')),
        format_="text",
    )
    assert "completed  h Decide" in result.stdout
    assert result.stdout.splitlines()[-1] == "completed"


def test_the_start_is_now_if_nobody_says(folder: Path) -> None:
    result = CliRunner().invoke(try_command, [str(put(folder, "a.bpmn", TASK)), "--format", "json"])
    assert result.exit_code == 0
    assert lines(result)[0]["at"] >= START[:4]


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "bpmn").glob("*.bpmn")))
def test_our_own_diagrams_run_to_their_end(name: str) -> None:
    result = run(ROOT / "bpmn" / name, "--variables", '{"caseKey": "1"}')
    assert result.exit_code == 0, last(result)["incidents"] or last(result)["findings"]
