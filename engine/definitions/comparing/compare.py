"""Two sets of files beside each other: those that are deployed, and those that would be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from engine.definitions.comparing.changes import Change, element_changes
from engine.definitions.comparing.ladders import ladder_changes, ladder_losses
from engine.definitions.comparing.losses import Loss, losses
from engine.definitions.comparing.templates import TEMPLATES, letters_using, template_changes
from engine.definitions.diagram import Diagram, read_diagram
from engine.definitions.folder import names_in
from engine.ladder import FILE as LADDER

Standing = Literal["new", "changed", "unchanged", "removed"]
_NONE: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True)
class FileChange:
    """A file, and whether it is new, changed or unchanged."""

    name: str
    change: Standing


@dataclass(frozen=True)
class ProcessChange:
    """A process, and whether its diagram or a form or decision that it uses is new or changed."""

    process_id: str
    change: Standing


@dataclass(frozen=True)
class Comparison:
    """What would change; files and processes are in the order of their names."""

    files: tuple[FileChange, ...]
    processes: tuple[ProcessChange, ...]
    changes: tuple[Change, ...]
    losses: tuple[Loss, ...]


def compare(
    before: Mapping[str, bytes], after: Mapping[str, bytes], shipped: Mapping[str, bytes] = _NONE
) -> Comparison:
    """What a deployment of some files would change of those that are deployed.

    A file that can't be read counts as empty: the checks say what is wrong with it.

    Args:
        shipped: the templates of letters and messages that stand where none is deployed: a first one of
            one's own is compared with them.
    """
    files = [FileChange(name, _standing(name, before, after)) for name in sorted({*before, *after})]
    touched = [each.name for each in files if each.change != "unchanged"]
    olds = _diagrams(before)
    same = {each.name for each in files if each.change == "unchanged"}
    kept = {name: diagram for name, diagram in olds.items() if name in same}
    news = {**_diagrams({name: after[name] for name in after if name not in same}), **kept}
    changes = [change for name in touched for change in _changes(name, before, after, olds, news, shipped)]
    readable = {name for name in after if name.endswith(".bpmn")} <= set(news)
    lost = losses(olds.values(), news.values()) if readable else []
    return Comparison(
        tuple(files),
        tuple(_processes(olds, news, after, frozenset(touched))),
        tuple(changes),
        (*lost, *ladder_losses(before, after)),
    )


def _standing(name: str, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Standing:
    if name not in before:
        return "new"
    if name not in after:
        return "removed"
    return "unchanged" if before[name] == after[name] else "changed"


def _diagrams(files: Mapping[str, bytes]) -> dict[str, Diagram]:
    read = {name: read_diagram(name, files[name]) for name in sorted(files) if name.endswith(".bpmn")}
    return {name: diagram for name, diagram in read.items() if diagram is not None}


def _changes(
    name: str,
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    olds: Mapping[str, Diagram],
    news: Mapping[str, Diagram],
    shipped: Mapping[str, bytes],
) -> Iterator[Change]:
    if name.endswith(".bpmn"):
        yield from element_changes(olds.get(name), news.get(name))
        return
    if name.endswith(TEMPLATES):
        beside = letters_using(name, after, shipped)
        yield from template_changes(name, before.get(name, shipped.get(name)), after.get(name), beside)
        return
    if name == LADDER and (told := ladder_changes(before, after)):
        yield from told
        return
    parts = [_parts(name, files.get(name)) for files in (before, after)]
    for part in sorted(parts[1] - parts[0]):
        yield Change(name, "", part, "added", f"{part} is new in {name}.")
    for part in sorted(parts[0] - parts[1]):
        yield Change(name, "", part, "removed", f"{part} is gone from {name}.")
    if parts[0] == parts[1]:
        yield Change(name, "", "", "changed", f"{name} says something else about the same parts.")


def _parts(name: str, content: bytes | None) -> set[str]:
    """The fields of a form, or the decisions of a table."""
    if content is None:
        return set()
    if name.endswith(".dmn"):
        return {f"The decision {each}" for each in names_in({name: content}).decisions}
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return set()
    return {f"The field {key}" for key in _keys(document)}


def _keys(document: object) -> Iterator[str]:
    """The keys of a form's components, nested ones included."""
    waiting = [document]
    while waiting:
        part = waiting.pop()
        components = part.get("components") if isinstance(part, dict) else None
        for component in components if isinstance(components, list) else ():
            waiting.append(component)
            if isinstance(component, dict) and isinstance(component.get("key"), str):
                yield component["key"]


def _processes(
    olds: Mapping[str, Diagram],
    news: Mapping[str, Diagram],
    after: Mapping[str, bytes],
    touched: frozenset[str],
) -> Iterator[ProcessChange]:
    before = {process for diagram in olds.values() for process in diagram.processes}
    now = {process: diagram for diagram in news.values() for process in diagram.processes}
    offered = {name: _offered(name, content) for name, content in after.items() if not name.endswith(".bpmn")}
    for process in sorted({*before, *now}):
        if process not in before or process not in now:
            yield ProcessChange(process, "new" if process in now else "removed")
        else:
            used = _used_by(now[process], process, offered)
            yield ProcessChange(process, "changed" if used & touched else "unchanged")


def _offered(name: str, content: bytes) -> frozenset[tuple[str, str]]:
    """The forms and decisions that a file offers, each with its kind."""
    offered = names_in({name: content})
    forms, decisions = offered.forms, offered.decisions
    return frozenset([*(("form", each) for each in forms), *(("decision", each) for each in decisions)])


def _used_by(
    diagram: Diagram, process_id: str, offered: Mapping[str, frozenset[tuple[str, str]]]
) -> set[str]:
    """The files that a process is made of: its diagram, its forms and its decisions."""
    infos = [each.info for each in diagram.elements if each.info.process_id == process_id]
    wanted = {("form", info.form_id) for info in infos} | {("decision", info.decision_id) for info in infos}
    return {diagram.file, *(name for name, names in offered.items() if names & wanted)}
