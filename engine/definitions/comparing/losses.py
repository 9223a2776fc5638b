"""What a deployment would take away from the law and from those who must hear of lateness."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.definitions.diagram import Diagram
from engine.definitions.families import rules_in
from engine.definitions.remarks import called
from engine.spiff.elements import ElementInfo

_REMEDY = "Put it back, or accept the loss by its id, with a reason."


@dataclass(frozen=True)
class Loss:
    """One safeguard that would be gone; ``id`` is what whoever accepts it names."""

    id: str
    file: str
    process_id: str
    element_id: str
    rule: str
    text: str
    remedy: str = _REMEDY


@dataclass(frozen=True)
class _Guard:
    """A safeguard as it is drawn: what it does, and what it is about."""

    sort: str
    about: str


def losses(before: Iterable[Diagram], after: Iterable[Diagram]) -> list[Loss]:
    """The safeguards of the deployed diagrams that the new ones have neither in their process nor in another.

    A whole process that is gone is one loss. Nothing is lost by a new process.
    """
    olds, news = _processes(before), _processes(after)
    guards = {name: dict(_guards(process)) for name, process in news.items()}
    had = {name: dict(_guards(process)) for name, process in olds.items()}
    moved = {
        guard for name, found in guards.items() for guard in found if guard not in had.get(name, {})
    }  # new in some process: it may have come from another
    found: list[Loss] = []
    for name, process in olds.items():
        if name not in news:
            found.append(_gone(name, process))
            continue
        for guard, info in had[name].items():
            if guard not in guards[name] and guard not in moved:
                found.append(_loss(name, guard, info))
    return found


def _processes(diagrams: Iterable[Diagram]) -> dict[str, tuple[Diagram, list[ElementInfo]]]:
    return {
        process: (diagram, [each.info for each in diagram.elements if each.info.process_id == process])
        for diagram in diagrams
        for process in diagram.processes
    }


def _guards(process: tuple[Diagram, list[ElementInfo]]) -> Iterator[tuple[_Guard, ElementInfo]]:
    """Every safeguard of a process with an element that is one."""
    diagram, infos = process
    triggered = {area.id for area in diagram.areas if area.is_event_subprocess}
    for info in infos:
        if info.id in triggered:
            yield _Guard("event-sub-process", info.id), info
        if info.event == "escalation" and info.kind in ("endEvent", "intermediateThrowEvent"):
            yield _Guard("escalation", info.event_name or info.id), info
        for rule in rules_in(info, "ehc:rule"):
            yield _Guard("timer" if info.event == "timer" else "limit", rule), info
        for rule in rules_in(info, "ehc:meets"):
            yield _Guard("meets", rule), info
        for requirement in rules_in(info, "ehc:requires"):
            yield _Guard("requirement", f"{info.id}.{requirement}"), info


_WORDS: Mapping[str, str] = {
    "event-sub-process": "{process} has lost the event sub-process {element}: nothing would hear its event.",
    "escalation": "The escalation {about} is gone from {process}: nobody would be told by it any more.",
    "timer": "No timer of {process} watches {about} any more; {element} did.",
    "limit": "No task of {process} has the limit {about} any more; {element} had it.",
    "meets": "Nothing in {process} meets {about} any more; {element} did. The limit would stay open.",
    "requirement": "{element} of {process} no longer requires what it did ({about}).",
}


def _loss(process_id: str, guard: _Guard, info: ElementInfo) -> Loss:
    text = _WORDS[guard.sort].format(element=called(info), process=process_id, about=guard.about)
    return Loss(
        id=f"{process_id}:{guard.sort}:{guard.about}",
        file=info.file,
        process_id=process_id,
        element_id=info.id,
        rule=f"{guard.sort}-lost",
        text=text,
    )


def _gone(process_id: str, process: tuple[Diagram, list[ElementInfo]]) -> Loss:
    return Loss(
        id=f"{process_id}:process",
        file=process[0].file,
        process_id=process_id,
        element_id="",
        rule="process-lost",
        text=f"The process {process_id} is gone: nothing could start it any more.",
    )
