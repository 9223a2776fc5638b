"""Mappings: each takes its value from somewhere, to a variable that an expression can ask for."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, error
from engine.feel import FeelSyntaxError, LimitExceeded, compile_expression
from engine.spiff.elements import ElementInfo

_VALUES = ("null", "true", "false")


def targets_can_be_read(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A variable called ``if`` or ``1st`` takes its value, and no expression can ever read it."""
    results = (element.result_variable,) if element.result_variable else ()
    targets = [each.target for each in (*element.inputs, *element.outputs)]
    for target in dict.fromkeys((*targets, *results)):
        if target and not _is_name(target):
            yield error(
                "unreadable-variable",
                f"{called(element)} writes the variable “{target}”, which no expression can read: "
                "it is a word of FEEL itself, or no name.",
                "Give the variable a name of letters and digits, such as decidedOn.",
            )


def sources_are_given(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A mapping without a source sets its variable to an empty text."""
    for mapping in (*element.inputs, *element.outputs):
        if mapping.target and not mapping.source.strip().removeprefix("="):
            yield error(
                "mapping-without-source",
                f"The mapping of {called(element)} to the variable “{mapping.target}” has no value.",
                "Write what the variable is to hold, or remove the mapping.",
            )


def _is_name(target: str) -> bool:
    """Whether FEEL reads it as one name or a path of names, spaces within them included."""
    if target in _VALUES or target.strip()[0].isdigit():
        return False
    spaced = (target,) if " " in target.strip() else ()
    try:
        compile_expression(target, spaced)
    except (FeelSyntaxError, LimitExceeded):
        return False
    return True
