"""Service tasks that the engine itself carries out: notices, facts of the case, further processes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, constant, constants, error, nearest, warning
from engine.spiff.elements import ElementInfo

NOTICE, RECORD, START = "ehc:notice", "ehc:record", "ehc:start"


def known_notice(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A task that sends a notice says which, and it is one that can be written."""
    notice = constant(element.properties.get("ehc:notice", "")) or ""
    if element.task_type == NOTICE and not element.properties.get("ehc:notice"):
        yield error(
            "missing-notice",
            f"{called(element)} sends a notice but doesn't say which.",
            "Choose one in the property ehc:notice.",
        )
    elif notice and notice not in known.words.notices:
        yield error(
            "unknown-notice",
            f"{called(element)} sends the notice “{notice}”, for which there is no text.",
            nearest(notice, known.words.notices, f"Use one of: {', '.join(known.words.notices)}."),
        )


def needed_inputs(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A service task of ours gets what it needs, and nothing it would ignore."""
    task = known.words.tasks.get(element.task_type)
    if task is None:
        return
    given = {assignment.target for assignment in element.inputs}
    for name in task.required:
        if name not in given:
            yield error(
                "missing-input",
                f"{called(element)} ({task.title.lower()}) has no input “{name}”.",
                f"Add an input mapping to the variable {name}.",
            )
    unused = given - {*task.required, *task.optional}
    for name in sorted(unused) if not task.open else ():
        yield warning(
            "unused-input",
            f"{called(element)} has the input “{name}”, which {task.name} doesn't read.",
            nearest(name, (*task.required, *task.optional), "Remove it."),
        )


def known_recipients(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A notice goes to recipients we know; where they are worked out, that is seen when it runs."""
    if element.task_type != NOTICE:
        return
    for word in constants(_input(element, "recipients")) or ():
        if word and word not in known.words.recipients:
            yield error(
                "unknown-recipient",
                f"{called(element)} goes to “{word}”, whom we can't address.",
                nearest(word, known.words.recipients, f"Use: {', '.join(known.words.recipients)}."),
            )


def known_facts(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """The facts that a task records or stamps exist, and so does the status it sets."""
    facts = known.words.facts()
    text = {RECORD: _input(element, "fact"), NOTICE: _input(element, "stamps")}.get(element.task_type, "")
    for word in constants(text) or ():
        if word and word not in facts:
            yield error(
                "unknown-fact",
                f"{called(element)} records “{word}”, which is no fact of a case: no limit counts from it.",
                nearest(word, facts, "Look the names up with: ehc statute anchors."),
            )
    status = constant(_input(element, "value"))
    if constant(text) == "case_status" and status and status not in known.words.case_statuses:
        yield error(
            "unknown-status",
            f"{called(element)} sets the case to “{status}”, which is no status of a case.",
            nearest(status, known.words.case_statuses, f"Use: {', '.join(known.words.case_statuses)}."),
        )


def known_action(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """What a task does to the plan or to a review is something that can be done."""
    actions = known.words.actions(element.task_type)
    action = constant(_input(element, "action")) if actions else None
    if action and action not in actions:
        yield error(
            "unknown-action",
            f"{called(element)} is to “{action}”, which {element.task_type} can't do.",
            nearest(action, actions, f"Use one of: {', '.join(actions)}."),
        )


def known_requirement(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """What must be so before a task can be completed is something that can be checked."""
    for word in element.properties.get("ehc:requires", "").split():
        if word not in known.words.requirements:
            listed = f"Use one of: {', '.join(known.words.requirements)}."
            yield error(
                "unknown-requirement",
                f"{called(element)} requires “{word}”, which nobody can check.",
                nearest(word, known.words.requirements, listed),
            )


def known_start(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """The process that a task starts is part of the deployment."""
    ident = constant(_input(element, "processId")) if element.task_type == START else None
    if ident and ident not in known.names.processes:
        yield error(
            "unknown-process",
            f"{called(element)} starts the process “{ident}”, which isn't among the files.",
            nearest(ident, known.names.processes, "Add the file with that process, or correct the id."),
        )


def _input(element: ElementInfo, name: str) -> str:
    return next((each.source for each in element.inputs if each.target == name), "")
