"""A small lender's rules from end to end: tables, contexts, knowledge models and a service together."""

from __future__ import annotations

import pytest

from engine.feel import to_json
from tests.engine.dmn.models import (
    answer,
    component,
    context,
    decision,
    given,
    item,
    knowledge,
    literal,
    model,
    service,
    table,
)

INVOKE = (
    "<invocation>" + literal("Instalment")
    + "<binding><parameter name='principal'/>" + literal("Request.Amount") + "</binding>"
    + "<binding><parameter name='yearly rate'/>" + literal("Rate") + "</binding>"
    + "<binding><parameter name='months'/>" + literal("Request.Months") + "</binding></invocation>"
)  # fmt: skip
LENDER = model(
    item("tMarital", "string", allowed='"S", "M"'),
    item(
        "tApplicant", "", component("Born", "date"), component("Marital status", "tMarital"),
        component("Monthly", "", component("Income", "number"), component("Expenses", "number")),
        component("Past-due", "boolean"),
    ),
    item("tRequest", "", component("Amount", "number"), component("Months", "number")),
    given("Applicant", "tApplicant"),
    given("Request", "tRequest"),
    decision("Age", "years and months duration(Applicant.Born, today()).years", inputs=("Applicant",), kind="number"),
    decision(
        "Rate",
        table(
            ["Request.Amount : number", "Applicant.Past-due : boolean"], ["rate"],
            ["< 10000 | false | 0.08", ">= 10000 | false | 0.06", "- | true | 0.15"],
        ),
        inputs=("Applicant", "Request"), kind="number",
    ),
    knowledge(
        "Instalment", {"principal": "number", "yearly rate": "number", "months": "number"},
        context({
            "monthly": "yearly rate / 12",
            "": "decimal(principal * monthly / (1 - (1 + monthly) ** -months), 2)",
        }),
        "number",
    ),
    decision("Required instalment", INVOKE, inputs=("Request",), decisions=("Rate",), knowledge=("Instalment",)),
    decision(
        "Disposable", "Applicant.Monthly.Income - Applicant.Monthly.Expenses", inputs=("Applicant",), kind="number"
    ),
    decision(
        "Risk",
        table(
            ["Age", "Applicant.Marital status"], ["points"],
            ["< 25 | - | 30", "[25..40) | \"S\" | 15", "[25..40) | \"M\" | 10", ">= 40 | - | 5",
             '- | "S" | 5'],
            "COLLECT", "SUM",
        ),
        inputs=("Applicant",), decisions=("Age",),
    ),
    decision(
        "Outcome",
        table(
            ["Risk", "Disposable * 0.4 - Required instalment"],
            ['Answer : "DECLINE", "REFER", "ACCEPT"', "Reason"],
            ['> 30 | - | "DECLINE" | "risk"', '- | < 0 | "DECLINE" | "cannot be afforded"',
             '(15..30] | >= 0 | "REFER" | "a second look"', '<= 30 | >= 0 | "ACCEPT" | "sound"'],
            "PRIORITY",
        ),
        decisions=("Risk", "Disposable", "Required instalment"),
    ),
    service("Lending", ("Outcome", "Required instalment"), inputs=("Applicant", "Request"),
            encapsulated=("Age", "Rate", "Disposable", "Risk")),
)  # fmt: skip


def applicant(**changes):
    person = {
        "Born": "1985-03-04",
        "Marital status": "M",
        "Monthly": {"Income": 4000, "Expenses": 1500},
        "Past-due": False,
    }
    return {**person, **changes}


OUTCOMES = [
    ({}, {"Amount": 12000, "Months": 24}, "ACCEPT", "sound", 531.85),
    ({"Born": "1995-03-04", "Marital status": "S"}, {"Amount": 12000, "Months": 24}, "REFER", "a second look", 531.85),
    ({"Born": "2005-07-02", "Marital status": "S"}, {"Amount": 12000, "Months": 24}, "DECLINE", "risk", 531.85),
    ({"Monthly": {"Income": 1600, "Expenses": 1500}}, {"Amount": 12000, "Months": 24}, "DECLINE", "cannot be afforded", 531.85),
    ({"Past-due": True}, {"Amount": 5000, "Months": 12}, "ACCEPT", "sound", 451.29),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "request_", "outcome", "reason", "instalment"), OUTCOMES)
def test_the_lender_decides(changes, request_, outcome, reason, instalment):
    inputs = {"Applicant": applicant(**changes), "Request": request_}
    result = answer(LENDER, "Lending", inputs)
    assert list(result.warnings) == []
    assert to_json(result.value) == {
        "Outcome": {"Answer": outcome, "Reason": reason},
        "Required instalment": instalment,
    }


def test_the_audit_can_say_why():
    inputs = {"Applicant": applicant(), "Request": {"Amount": 12000, "Months": 24}}
    matched = {(match.decision, match.rule) for match in answer(LENDER, "Outcome", inputs).matched_rules}
    assert matched == {("Rate", "r2"), ("Risk", "r4"), ("Outcome", "r4")}


def test_an_unknown_status_is_no_applicant():
    inputs = {"Applicant": applicant(**{"Marital status": "X"}), "Request": {"Amount": 1, "Months": 1}}
    result = answer(LENDER, "Disposable", inputs)
    assert result.value is None
    assert "tApplicant" in str(result.warnings[0])
