"""What keeps a statutory limit whole across the elements that share it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.definitions.checks.rules import rule_of
from engine.definitions.diagram import Diagram
from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, error
from engine.spiff.elements import ElementInfo
from engine.spiff.findings import Finding

_CARRIERS = ("ehc:rule", "ehc:meets", "ehc:supersedes")


def limits_kept(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """No timer takes a task with a statutory limit away, and all elements mean the same limit."""
    infos = {drawn.info.id: drawn.info for drawn in diagram.elements}
    several = _occurring(infos)
    for info in infos.values():
        for remark in (*_takes_away(info, infos, known), *_which_one(info, several), *_met(info, known)):
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
        for name in _CARRIERS
        for rule in info.properties.get(name, "").split()
    )


def _which_one(info: ElementInfo, several: frozenset[tuple[str, str]]) -> Iterator[Remark]:
    named = {rule for name in _CARRIERS for rule in info.properties.get(name, "").split()}
    unclear = sorted(rule for rule in named if (info.process_id, rule) in several)
    if unclear and not info.properties.get("ehc:occurrence"):
        yield error(
            "occurrence-missing",
            f"{called(info)} names {unclear[0]}, of which a case has several, but not which one is meant: "
            "the limit would never be met.",
            "Give it the property ehc:occurrence with the value that the other elements of this limit have.",
        )


def _met(info: ElementInfo, known: Known) -> Iterator[Remark]:
    """A deadline that a timer watches is met by something, or it would be missed in every case.

    Where nothing in the files meets any rule, this is a sketch of timers, and there is nothing to compare.
    """
    rule = rule_of(info, known)
    if rule is None or info.event != "timer" or not known.met:
        return
    if rule.latest.nature != "deadline" or rule.id in known.met | known.words.met_by_work:
        return
    yield error(
        "limit-never-met",
        f"The timer {called(info)} watches {rule.id} ({rule.latest.cite}), which nothing in "
        "these files meets: it would be missed in every case.",
        "Give the element that fulfils it the property ehc:meets with this rule.",
    )
