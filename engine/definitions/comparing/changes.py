"""Elements and flows that are added, removed or changed, each in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Literal

from engine.definitions.diagram import Diagram
from engine.definitions.remarks import called
from engine.spiff.elements import Assignment, ElementInfo

Sort = Literal["added", "removed", "changed"]

#: What each attribute of an element is called; those that aren't here follow from others.
_WORDS = {
    "name": "name",
    "kind": "type",
    "lane": "lane",
    "parent": "sub-process around it",
    "documentation": "documentation",
    "form_id": "form",
    "assignee": "assignee",
    "candidate_groups": "candidate groups",
    "candidate_users": "candidate users",
    "due_date": "due date",
    "follow_up_date": "follow-up date",
    "priority": "priority",
    "task_type": "job",
    "decision_id": "decision",
    "result_variable": "result variable",
    "called_process": "called process",
    "script": "script",
    "event": "event",
    "event_name": "event's name",
    "correlation_key": "correlation key",
    "time": "time",
    "condition": "condition",
    "attached_to": "activity that it sits on",
    "interrupting": "interrupting",
    "multiple": "repetition",
}
_LONGEST = 80


@dataclass(frozen=True)
class Change:
    """One element or flow that isn't as it was."""

    file: str
    process_id: str
    element_id: str
    sort: Sort
    text: str


def element_changes(before: Diagram | None, after: Diagram | None) -> Iterator[Change]:
    """How the elements and flows of one file change; None for a file that isn't there."""
    yield from _of_elements(_elements(before), _elements(after))
    yield from _of_flows(before, after)


def _elements(diagram: Diagram | None) -> dict[tuple[str, str], ElementInfo]:
    drawn = diagram.elements if diagram is not None else ()
    return {(each.info.process_id, each.info.id): each.info for each in drawn}


def _of_elements(
    before: Mapping[tuple[str, str], ElementInfo], after: Mapping[tuple[str, str], ElementInfo]
) -> Iterator[Change]:
    for place, info in after.items():
        if place not in before:
            yield _change(info, "added", f"{_kind(info)} {called(info)} is new.")
    for place, info in before.items():
        if place not in after:
            yield _change(info, "removed", f"{_kind(info)} {called(info)} is gone.")
        elif told := "; ".join(_differences(info, after[place])):
            yield _change(after[place], "changed", f"{_kind(info)} {called(info)}: {told}.")


def _change(info: ElementInfo, sort: Sort, text: str) -> Change:
    return Change(info.file, info.process_id, info.id, sort, text)


def _kind(info: ElementInfo) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in info.kind)
    return f"The {words}"


def _differences(before: ElementInfo, after: ElementInfo) -> Iterator[str]:
    known = {field.name for field in fields(ElementInfo)} & set(_WORDS)
    for name in (name for name in _WORDS if name in known):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield _turned(_WORDS[name], _shown(old), _shown(new))
    for what, olds, news in (
        ("property", before.properties, after.properties),
        ("header", before.headers, after.headers),
        ("input", _mappings(before.inputs), _mappings(after.inputs)),
        ("output", _mappings(before.outputs), _mappings(after.outputs)),
    ):
        for name in sorted(olds.keys() | news.keys()):
            if olds.get(name) != news.get(name):
                yield _turned(f"{what} {name}", _shown(olds.get(name, "")), _shown(news.get(name, "")))


def _mappings(assignments: tuple[Assignment, ...]) -> dict[str, str]:
    return {each.target: each.source for each in assignments}


def _turned(what: str, old: str, new: str) -> str:
    if not old:
        return f"{what} {new} is new"
    return f"{what} {old} is gone" if not new else f"{what} was {old}, is {new}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(str(value).split())
    if not text:
        return ""
    return f"“{text}”" if len(text) <= _LONGEST else f"“{text[:_LONGEST]}…”"


def _of_flows(before: Diagram | None, after: Diagram | None) -> Iterator[Change]:
    olds, news = _flows(before), _flows(after)
    for place in sorted(olds.keys() | news.keys()):
        old, new = olds.get(place), news.get(place)
        if old == new:
            continue
        (file, process_id, flow_id), here = place, new or old
        assert here is not None
        way = f"The flow {flow_id} from {here.source} to {here.target}"
        if old is None:
            yield Change(file, process_id, flow_id, "added", f"{way} is new.")
        elif new is None:
            yield Change(file, process_id, flow_id, "removed", f"{way} is gone.")
        else:
            told = "; ".join(_turnings(old, new))
            yield Change(file, process_id, flow_id, "changed", f"The flow {flow_id}: {told}.")


@dataclass(frozen=True)
class _Way:
    source: str
    target: str
    condition: str


def _flows(diagram: Diagram | None) -> dict[tuple[str, str, str], _Way]:
    return {
        (diagram.file, area.process_id, flow.label): _Way(flow.source, flow.target, flow.condition or "")
        for area in (diagram.areas if diagram is not None else ())
        for flow in area.flows
        if diagram is not None
    }


def _turnings(old: _Way, new: _Way) -> Iterator[str]:
    for what in ("source", "target", "condition"):
        was, now = getattr(old, what), getattr(new, what)
        if was != now:
            yield _turned(what, _shown(was), _shown(now))
