"""The list as a whole: every source of findings, files alone and together, and words for non-technical people."""

from __future__ import annotations

import pytest

from engine.definitions import lint
from engine.feel import BUILTINS
from tests.engine.definitions.sketches import (
    TABLE,
    YES_NO_FORM,
    bpmn,
    chain,
    gateway,
    script_task,
    task,
    user_task,
)
from tests.engine.forms.papers import document, question

FORM = '<zeebe:formDefinition formId="decide"/>'


def test_a_form_can_be_checked_alone() -> None:
    findings = lint({"a.form": document(question("textfield", "a", label=""))})
    assert [(each.file, each.element, each.severity, each.rule) for each in findings] == [
        ("a.form", "Field_a", "error", "form-missing-label")
    ]


def test_a_sound_form_alone_has_no_findings() -> None:
    assert lint({"decide.form": YES_NO_FORM}) == []


def test_a_decision_table_can_be_checked_alone() -> None:
    assert lint({"tables.dmn": TABLE}) == []
    broken = TABLE.replace(b'"good"', b'"good')
    assert [(each.file, each.severity) for each in lint({"tables.dmn": broken})] == [("tables.dmn", "error")]


def test_nothing_that_is_xml_is_taken_on_trust() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    assert {each.severity for each in lint({"a.bpmn": bomb})} == {"error"}


def test_what_bpmn_itself_refuses_comes_with_our_own_findings() -> None:
    broken = user_task(FORM, agency="cahms").replace(b'targetRef="e"', b'targetRef="nowhere"')
    rules = {each.rule for each in lint({"a.bpmn": broken, "decide.form": YES_NO_FORM})}
    assert "unknown-agency" in rules
    assert len(rules) > 1


def test_files_alongside_are_consulted_and_not_reported() -> None:
    asks = {"a.bpmn": user_task(FORM)}
    assert [each.rule for each in lint(asks)] == ["unknown-form"]
    warned = YES_NO_FORM.replace(b'"properties": {"ehc:process": "yes"}', b'"validate": {"required": true}')
    assert lint(asks, alongside={"decide.form": warned}) == []


def test_two_forms_cannot_share_an_id() -> None:
    findings = lint({"a.form": YES_NO_FORM, "b.form": YES_NO_FORM})
    assert [(each.file, each.rule) for each in findings] == [("b.form", "form-same-id")]


def test_an_audience_nobody_belongs_to_is_refused() -> None:
    paper = document(question("textfield", "a", properties={"ehc:audience": "familly send_team"}))
    (finding,) = lint({"a.form": paper})
    assert (finding.element, finding.rule, finding.remedy) == (
        "Field_a",
        "unknown-audience",
        "Did you mean family?",
    )


def test_a_finding_names_the_element_the_reason_and_the_remedy() -> None:
    (finding,) = lint({"a.bpmn": user_task(FORM, agency="cahms"), "decide.form": YES_NO_FORM})
    assert (finding.file, finding.element, finding.severity, finding.rule) == (
        "a.bpmn",
        "it",
        "error",
        "unknown-agency",
    )
    assert (
        finding.message
        == "“Do it” is owed by “cahms”, which is no agency we know: nobody would see the task."
    )
    assert finding.remedy == "Did you mean camhs?"


def test_findings_are_in_order_errors_first() -> None:
    broken = {"b.bpmn": user_task(FORM, rule="reg5_decide_to_assess", agency="cahms"), "a.form": YES_NO_FORM}
    assert [(each.file, each.severity) for each in lint(broken)] == [
        ("b.bpmn", "error"),
        ("b.bpmn", "warning"),
    ]


def test_functions_of_ours_can_be_added() -> None:
    twice = BUILTINS.extended("twice(number: number)", lambda number: number * 2)
    files = {"a.bpmn": script_task("=twice(2)")}
    assert [each.rule for each in lint(files)] == ["unknown-function"]
    assert lint(files, functions=twice) == []


@pytest.mark.parametrize("content", [b"", b"<", b"PK\x03\x04", bpmn("")])
def test_no_content_stops_the_check(content: bytes) -> None:
    for name in ("a.bpmn", "a.dmn", "a.form"):
        assert all(each.file == name for each in lint({name: content}))


def test_a_condition_on_optional_data_says_how_to_write_it() -> None:
    (finding,) = lint({"a.bpmn": gateway("=nationalCurriculumYear > 8")})
    assert (
        finding.remedy
        == "Begin the condition with: nationalCurriculumYear != null and …, or compare with = only."
    )


def test_another_version_of_a_process_alongside_says_nothing_about_this_one() -> None:
    broken = user_task(FORM).replace(b'targetRef="e"', b'targetRef="gone"')
    alongside = {"decide.form": YES_NO_FORM, "a copy.bpmn": broken}
    assert lint({"mine.bpmn": user_task(FORM)}, alongside=alongside) == []


def test_what_a_calling_diagram_alongside_sets_is_known() -> None:
    given = '<zeebe:ioMapping><zeebe:input source="=1" target="given"/></zeebe:ioMapping>'
    call = task(f'<zeebe:calledElement processId="p"/>{given}', tag="callActivity")
    caller = chain(call).replace(b'process id="p"', b'process id="outer"')
    called = script_task("=given")
    assert [each.rule for each in lint({"p.bpmn": called})] == ["unknown-variable"]
    assert lint({"p.bpmn": called}, alongside={"outer.bpmn": caller}) == []


def test_a_boundary_event_that_leads_nowhere_is_refused() -> None:
    lost = '<bpmn:boundaryEvent id="b" attachedToRef="it"><bpmn:timerEventDefinition><bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>'
    findings = lint({"a.bpmn": chain(task(FORM), attached=lost), "decide.form": YES_NO_FORM})
    assert ("error", "dead-end", "b") in {(each.severity, each.rule, each.element) for each in findings}
