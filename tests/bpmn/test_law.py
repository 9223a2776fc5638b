"""What the law asks of the diagrams: every step of the written procedure, limits as rules, silence that never
blocks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import etree

from engine.law import statute
from tests.bpmn.diagrams import DIAGRAMS, NS, Element, elements, root, timers, with_property

#: The rows of "request to plan" as the legislation and the Code set them out.
ROWS = (
    *("1", "2", "3", "4", "5", "6", "7", "8", "8n", "8n+", "9", "10", "11", "12", "13", "14", "14n"),
    *map(str, range(15, 26)),
)
_LENGTH = re.compile(r"\bP(\d+[YMWD])+|\d+\s*(weeks?|days?|months?)\b|\bduration\(", re.IGNORECASE)


def _rules(element: Element, name: str) -> list[str]:
    return element.properties.get(name, "").split()


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_carried_out_by_an_element(row):
    assert [element.place for element in with_property("ehc:step") if row in _rules(element, "ehc:step")]


def test_no_element_names_a_row_that_there_is_not():
    named = {row for element in with_property("ehc:step") for row in _rules(element, "ehc:step")}
    assert named <= set(ROWS)


@pytest.mark.parametrize("name", ["ehc:rule", "ehc:meets", "ehc:supersedes"])
def test_every_rule_is_one_of_the_law(name):
    known = {rule.id for rule in statute()}
    unknown = {(element.place, rule) for element in with_property(name) for rule in _rules(element, name)}
    assert {each for each in unknown if each[1] not in known} == set()


def test_a_statutory_timer_waits_for_the_limit():
    assert {
        e.place: time for e, time in timers() if "ehc:rule" in e.properties and time != "=limit.broken"
    } == {}


def test_no_element_with_a_rule_says_how_long():
    for element in with_property("ehc:rule"):
        whole = "".join(
            str(value) for node in element.node.iter() for value in (*node.attrib.values(), node.text or "")
        )
        assert not _LENGTH.search(whole), element.place


def test_a_task_with_a_rule_is_due_on_its_last_day():
    for element in elements("userTask"):
        schedule = element.extension("taskSchedule")
        if "ehc:rule" in element.properties:
            assert schedule is not None, element.place
            assert schedule.get("dueDate") == "=limit.due", element.place


def test_only_a_setting_is_ever_overtaken_by_its_limit():
    """Being late ends no duty. A setting's time to reply is the Code's, and its silence never blocks."""
    interrupting = {
        (element.place, element.properties["ehc:rule"])
        for element, _ in timers()
        if element.kind == "boundaryEvent" and element.node.get("cancelActivity") != "false"
    }
    assert interrupting == {("consult_setting.bpmn#no_reply", "cop_setting_reply_15d")}
    assert statute().rule("cop_setting_reply_15d").kind == "guidance"


def test_the_timer_of_an_event_sub_process_leaves_the_rest_running():
    starts = [element for element, _ in timers() if element.kind == "startEvent"]
    assert {element.place: element.node.get("isInterrupting") for element in starts} == {
        "request_to_plan.bpmn#final_plan_overdue_due": "false",
        "request_to_plan.bpmn#plan_decision_due": "false",
    }


@pytest.mark.parametrize(
    "rule",
    [
        *("reg5_decide_to_assess", "reg5_2_notify_others", "reg8_advice_6w", "reg10_decide_no_plan"),
        *("reg10_2_notify_others", "draft_plan_backstop", "reg13_1_parent_15d", "cop_setting_reply_15d"),
        *("reg13_2_final_20w", "reg14_2_final_notice", "s42_secure_provision"),
    ],
)
def test_every_limit_of_the_process_is_met_somewhere(rule):
    assert [element.place for element in with_property("ehc:meets") if rule in _rules(element, "ehc:meets")]


@pytest.mark.parametrize(
    ("element", "ended"),
    [
        ("send_refusal_to_assess", {"reg10_decide_no_plan", "draft_plan_backstop", "reg13_2_final_20w"}),
        ("send_refusal_to_issue", {"draft_plan_backstop", "reg13_2_final_20w"}),
    ],
)
def test_a_refusal_ends_the_limits_of_what_will_not_follow(element, ended):
    found = next(each for each in elements() if each.id == element)
    assert set(_rules(found, "ehc:supersedes")) == ended


def test_every_appealable_notice_opens_an_appeal_window():
    windows = [e for e in elements("serviceTask") if e.properties.get("ehc:step") in ("8n", "14n", "25")]
    started = {e.place for e in windows if 'source="=&quot;appeal_window&quot;"' in _written(e)}
    assert started == {
        "request_to_plan.bpmn#open_window_after_refusal",
        "request_to_plan.bpmn#open_window_after_no_plan",
        "finalise_plan.bpmn#open_appeal_window",
    }


def _written(element: Element) -> str:
    return etree.tostring(element.node, encoding="unicode")


def test_every_escalation_has_a_code():
    for path in DIAGRAMS:
        codes = {
            each.get("id"): each.get("escalationCode") for each in root(path).iterfind("bpmn:escalation", NS)
        }
        thrown = [
            each.get("escalationRef") for each in root(path).iterfind(".//bpmn:escalationEventDefinition", NS)
        ]
        assert all(codes.get(reference) for reference in thrown), path.name
        assert set(thrown) == set(codes), path.name


def test_every_timer_of_a_deadline_throws_an_escalation():
    """But for what is ours to end: a setting's silence is noted, and the process goes on without its reply."""
    silent = []
    checked = 0
    for path in DIAGRAMS:
        tree = root(path)
        for definition in tree.iterfind(".//bpmn:timerEventDefinition", NS):
            timer = definition.getparent()
            name = _rule_of(timer)
            rule = None if name is None else statute().rule(name).latest
            if rule is not None and rule.nature == "deadline" and rule.kind in ("statutory", "derived"):
                checked += 1
                if not _throws(tree, timer):
                    silent.append(f"{path.name}#{timer.get('id')}")
    assert silent == []
    assert checked >= 11


def _rule_of(node: Any) -> str | None:
    named = [each.get("value") for each in node.iter("{*}property") if each.get("name") == "ehc:rule"]
    return named[0] if named else None


def _throws(tree: Any, node: Any) -> bool:
    """Whether what follows an event throws an escalation."""
    todo, seen = [node.get("id")], set()
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        if tree.find(f".//*[@id='{here}']/bpmn:escalationEventDefinition", NS) is not None:
            return True
        todo += [
            flow.get("targetRef") for flow in tree.iterfind(f".//bpmn:sequenceFlow[@sourceRef='{here}']", NS)
        ]
    return False
