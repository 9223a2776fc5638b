"""Files that can't be used, and what is said of them."""

from __future__ import annotations

import pytest

from engine.dmn import ModelRefused, read_model
from tests.engine.dmn.models import (
    NAMESPACE,
    answer,
    decision,
    given,
    item,
    knowledge,
    literal,
    model,
    table,
    xml,
)

HOSTILE = {
    "not XML": b"decision",
    "empty": b"",
    "cut off": xml()[:-5],
    "another language": b"<bpmn xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>",
    "no namespace": b"<definitions/>",
    "an entity": b"<!DOCTYPE d [<!ENTITY a 'b'>]>" + xml(),
    "a file": b"<!DOCTYPE d SYSTEM 'file:///etc/passwd'>" + xml(),
    "a bomb": b"<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]><definitions>&b;</definitions>",
    "very deep": xml("<a>" * 5_000 + "</a>" * 5_000),
    "a fetched part": b"<!DOCTYPE d PUBLIC '-//x' 'http://127.0.0.1:9/x.dtd'>" + xml(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name):
    with pytest.raises(ModelRefused, match=r"file\.dmn can't be used"):
        read_model(HOSTILE[name], "file.dmn")


WRONG = {
    "syntax": (decision("d", "1 +"), "d", "isn't FEEL"),
    "a name": (decision("d", "nobody + 1"), "d", "no variable 'nobody'"),
    "a function": (decision("d", "nobody(1)"), "d", "no function 'nobody'"),
    "a type in an expression": (decision("d", "1 instance of tNone"), "d", "no type 'tNone'"),
    "a type": (decision("d", "1", kind="tNone"), "d", "no type 'tNone'"),
    "an input's type": (given("x", "tNone"), "x", "no type 'tNone'"),
    "a component's type": (item("t", "tNone"), "itemDefinition", "no type 'tNone'"),
    "allowed values": (item("t", "string", allowed="1,"), "allowedValues", "isn't FEEL"),
    "a requirement": (decision("d", "1", decisions=("e",)), "d", "'#e' refers to nothing"),
    "a foreign requirement": (decision("d", "1", decisions=("urn:x#e",)), "d", "'urn:x#e' refers to nothing"),
    "a cell": (given("x") + decision("d", table(["x"], ["o"], ["< | 1"]), inputs=("x",)), "r1", "isn't FEEL"),
    "a cell's name": (given("x") + decision("d", table(["x"], ["o"], ["> y | 1"]), inputs=("x",)), "r1", "'y'"),
    "an output": (given("x") + decision("d", table(["x"], ["o"], ["- | 1 +"]), inputs=("x",)), "r1", "isn't FEEL"),
    "too few cells": (given("x") + decision("d", table(["x"], ["o", "p"], ["- | 1"]), inputs=("x",)), "r1", "cells"),
    "a hit policy": (decision("d", table(["1"], ["o"], [], "BEST")), "table", "hit policy BEST"),
    "no input expression": (
        decision("d", "<decisionTable id='t'><input/><output/></decisionTable>"), "t", "no input expression",
    ),
    "Java": (knowledge("k", {}, "1", language="Java"), "k", "Java function isn't run"),
    "external": (decision("d", "function(a) external {java: {}}"), "d", "External functions"),
    "a language": (
        "<decision id='d' name='d'><literalExpression expressionLanguage='urn:groovy'><text>1</text>"
        "</literalExpression></decision>", "d", "urn:groovy",
    ),
    "an import": (f"<import name='a' namespace='urn:a' importType='{NAMESPACE}'/>", "import", "isn't there"),
    "an import of another kind": ("<import name='a' namespace='urn:a' importType='urn:xsd'/>", "import", "isn't a DMN"),
    "no name": ("<decision id='d'>" + literal("1") + "</decision>", "d", "no name"),
    "no logic": ("<businessKnowledgeModel id='k' name='k'/>", "k", "no logic"),
    "a cycle": (
        decision("a", "b", decisions=("b",)) + decision("b", "a", decisions=("a",)), "a", "'a' requires 'b' requires 'a'",
    ),
    "itself": (decision("a", "a", decisions=("a",)), "a", "'a' requires 'a'"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_found_when_the_model_is_read(name):
    elements, place, message = WRONG[name]
    with pytest.raises(ModelRefused) as caught:
        model(elements)
    found = caught.value.problems[0]
    assert message in found.message
    assert found.element == place
    assert found.remedy
    assert found.line == 1


def test_all_mistakes_are_told_at_once():
    with pytest.raises(ModelRefused, match="and 2 more") as caught:
        model(decision("a", "1 +"), decision("b", "nobody"), decision("c", "nothing(1)"))
    assert [problem.element for problem in caught.value.problems] == ["a", "b", "c"]


def test_a_lenient_reading_keeps_what_is_right():
    made = model(decision("a", "1 +"), decision("b", "2"), decision("c", "a", decisions=("a",)), lenient=True)
    assert answer(made, "b").value == 2
    assert answer(made, "c").value is None
    assert "can't be read" in str(answer(made, "a").warnings[0])
    assert len(made.problems) == 1


def test_a_lenient_cycle_is_null():
    made = model(decision("a", "b", decisions=("b",)), decision("b", "a", decisions=("a",)), lenient=True)
    result = answer(made, "a")
    assert result.value is None
    assert "requires itself" in str(result.warnings[0])


def test_escaped_and_quoted_text_is_the_text_itself():
    made = model(
        decision("a", '"a" < "b" and 1 >= 1'),
        "<decision id='b' name='b'><literalExpression><text><![CDATA[1 < 2]]></text></literalExpression></decision>",
    )
    assert answer(made, "a").value is True
    assert answer(made, "b").value is True


def test_notes_and_comments_in_a_file_mean_nothing():
    made = model(
        "<!-- a --><description>b</description>", decision("d", "<description>c</description>" + literal("1"))
    )
    assert answer(made, "d").value == 1
