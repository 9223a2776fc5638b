"""What keeps a statutory limit whole across the elements that share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from engine.definitions.checks.rules import rule_of
from engine.definitions.diagram import Diagram
from engine.definitions.families import rules_in
from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, error, warning
from engine.law import Rule
from engine.spiff.elements import ElementInfo
from engine.spiff.findings import Finding

MEET = "Give the element that fulfils it the property ehc:meets with this rule."
_CARRIERS = ("ehc:rule", "ehc:meets", "ehc:supersedes")


def limits_kept(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """No timer takes a task with a statutory limit away, and all elements mean the same limit."""
    infos = {drawn.info.id: drawn.info for drawn in diagram.elements}
    several = _occurring(infos)
    for info in infos.values():
        which = _which_one(info, infos, several, known)
        for remark in (*_takes_away(info, infos, known), *which, *_met(info, known)):
            yield remark.at(diagram.file, info.id)


def _takes_away(info: ElementInfo, infos: Mapping[str, ElementInfo], known: Known) -> Iterator[Remark]:
    """Even a timer that isn't the limit's own, such as a reminder's, would end the work on it."""
    host = infos.get(info.attached_to)
    if host is None or host.kind != "userTask" or info.event != "timer" or not info.interrupting:
        return
    rule, own = rule_of(host, known), rule_of(info, known)
    if rule is None or rule.latest.nature != "deadline" or rule is own or own is None:
        return
    yield error(
        "timer-ends-duty",
        f"The timer {called(info)} would take {called(host)} away while {rule.latest.cite} still runs.",
        "Make the timer non-interrupting (dashed border).",
    )


def _occurring(infos: Mapping[str, ElementInfo]) -> frozenset[tuple[str, str]]:
    """Process and rule of those limits of which a case has several, one an occurrence."""
    return frozenset(
        (info.process_id, rule)
        for info in infos.values()
        if info.properties.get("ehc:occurrence")
        for rule in rules_in(info, *_CARRIERS)
    )


def _which_one(
    info: ElementInfo,
    infos: Mapping[str, ElementInfo],
    several: frozenset[tuple[str, str]],
    known: Known,
) -> Iterator[Remark]:
    """Where others in the process, or its own task, say which one is meant, this has to say it too."""
    if info.occurrence:
        return
    named = sorted(set(rules_in(info, *_CARRIERS)))
    host = infos.get(info.attached_to)
    here = [rule for rule in named if (info.process_id, rule) in several or (host and host.occurrence)]
    elsewhere = [rule for rule in named if rule in known.several]
    remedy = "Give it the property ehc:occurrence with the value that the other elements of this limit have."
    if here:
        yield error(
            "occurrence-missing",
            f"{called(info)} names {here[0]}, of which a case has several, but not which one is meant: "
            "the limit would never be met.",
            remedy,
        )
    elif elsewhere:
        yield warning(
            "occurrence-missing",
            f"{called(info)} names {elsewhere[0]}, of which a case has several as other diagrams use it, but "
            "not which one is meant.",
            remedy,
        )


def _met(info: ElementInfo, known: Known) -> Iterator[Remark]:
    """A deadline that a task has or a timer watches is met in its process or near it; else all miss it."""
    rule = never_met(info, known)
    if rule is not None:
        does = "watches" if info.event == "timer" else "has the limit"
        yield _told(info)(
            "limit-never-met",
            f"{called(info)} {does} {rule.id} ({rule.latest.cite}), which neither this process meets nor one "
            "that it calls or starts, or that calls or starts it: it would be missed in every case.",
            MEET,
        )


def _told(info: ElementInfo) -> Callable[[str, str, str], Remark]:
    """Whoever draws a timer for a limit means it to be watched; a task alone may be met by other means."""
    return error if info.event == "timer" else warning


def never_met(info: ElementInfo, known: Known) -> Rule | None:
    """The deadline of a task or timer that nothing in the family of its process meets.

    Where nothing in the files closes any rule, this is a sketch of timers, and there is nothing to compare.
    """
    rule = rule_of(info, known)
    if rule is None or not (info.event == "timer" or info.kind == "userTask"):
        return None
    if rule.latest.nature != "deadline" or rule.id in known.words.met_by_work:
        return None
    families = known.families
    missed = any(families.closes.values()) and rule.id not in families.met_around(info.process_id)
    return rule if missed else None


def limits_of_relations(
    diagrams: Iterable[Diagram], beside: Iterable[Diagram], known: Known
) -> Iterator[Finding]:
    """What the given processes no longer do for a deadline of another in their family."""
    given = [(diagram.file, process) for diagram in diagrams for process in diagram.processes]
    infos = (drawn.info for diagram in beside for drawn in diagram.elements)
    missed = [(info, rule) for info in infos if (rule := never_met(info, known))]
    for file, process in given:
        for info, rule in missed:
            if process in known.families.around(info.process_id):
                yield _told(info)(
                    "limit-never-met",
                    f"{called(info)} in {info.file} has the limit {rule.id} ({rule.latest.cite}), which "
                    "neither that process nor this one meets any more: it would be missed in every case.",
                    MEET,
                ).at(file, process)
