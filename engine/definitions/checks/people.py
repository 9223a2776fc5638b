"""Who owes a task, and who may take it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, constant, constants, error, nearest
from engine.spiff.elements import ElementInfo


def known_agency(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """The agency that owes a task is one we know, or a setting by its URN."""
    code = constant(element.properties.get("ehc:agency", ""))
    if code and not known.words.knows_agency(code):
        listed = f"Use one of: {', '.join(known.words.agencies)}; a setting is urn: and six figures."
        yield error(
            "unknown-agency",
            f"{called(element)} is owed by “{code}”, which is no agency we know: nobody would see the task.",
            nearest(code, known.words.agencies, listed),
        )


def known_roles(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """The groups that may take a task are roles that people can have."""
    for word in _words(element.candidate_groups):
        if word not in known.words.roles:
            yield error(
                "unknown-role",
                f"{called(element)} is offered to “{word}”, which is no role we know: nobody could take it.",
                nearest(word, known.words.roles, f"Use one of: {', '.join(known.words.roles)}."),
            )


def _words(text: str) -> list[str]:
    if text.strip().startswith("="):
        return constants(text) or []
    return [word.strip() for word in text.split(",") if word.strip()]
