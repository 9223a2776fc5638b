"""Ids of statutory rules."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, error, nearest, warning
from engine.law import Rule
from engine.spiff.elements import ElementInfo

_CARRIERS = ("ehc:rule", "ehc:meets", "ehc:supersedes")


def rule_of(element: ElementInfo, known: Known) -> Rule | None:
    """The rule that limits an element; None if it carries none that exists."""
    return known.law.rule(element.rule) if element.rule in known.law else None


def known_rules(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """Every rule that an element is limited by, meets or sets aside exists in the law's data."""
    for name in _CARRIERS:
        for rule_id in element.properties.get(name, "").split():
            if rule_id not in known.law:
                yield error(
                    "unknown-rule",
                    f"{called(element)} names the rule “{rule_id}” in {name}; the law has no such rule.",
                    nearest(rule_id, known.law.rules, "Look the rule's id up with: ehc statute list."),
                )
    if len(element.rule.split()) > 1:
        yield error(
            "several-rules",
            f"{called(element)} has several rules in ehc:rule; an element has one limit.",
            "Keep the rule that limits it, and give the others elements of their own.",
        )


def rule_can_be_timed(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A duty without a length (“as soon as practicable”) has no day on which a timer could go off."""
    rule = rule_of(element, known)
    if rule is None or rule.is_computable:
        return
    message = f"{called(element)} hangs on {rule.id} ({rule.latest.cite}), which has no length to count."
    if element.event == "timer":
        yield error("rule-without-length", message, "Choose a rule with a period, or take the timer away.")
    elif "limit" in element.due_date:
        yield warning("rule-without-length", message, "Leave the due date empty: there is no last day.")
