"""What only several processes show together: errors that nobody catches, and calls without end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.definitions.diagram import Diagram
from engine.definitions.families import Families
from engine.definitions.known import Known
from engine.definitions.remarks import called, error
from engine.definitions.soundness import Net, net_of
from engine.spiff.elements import ElementInfo
from engine.spiff.findings import Finding

_WAITS = frozenset({"userTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway"})


def errors_are_caught(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """An error end event is caught around it, or where its process is called; else the step fails there."""
    for drawn in diagram.elements:
        info = drawn.info
        if info.kind == "endEvent" and info.event == "error" and not _caught(info, known):
            yield error(
                "error-never-caught",
                f"{called(info)} throws the error “{info.event_name}”, which nothing around it catches: the "
                "case would stop here with an incident.",
                "Catch it with an error event at the boundary of the sub-process or call around it, or make "
                "it a plain end event.",
            ).at(diagram.file, info.id)


def _caught(thrower: ElementInfo, known: Known) -> bool:
    """Whether anything around an element catches its error, in its process or in one that calls it."""
    waiting, seen = [thrower], set[tuple[str, str]]()
    while waiting:
        inner = waiting.pop()
        if (inner.process_id, inner.id) in seen:
            continue
        seen.add((inner.process_id, inner.id))
        if any(_catches(each, inner, thrower.event_name, known) for each in known.elements):
            return True
        around = _element(inner.process_id, inner.parent, known)
        waiting += [around] if around else _calls_of(inner.process_id, known)
    return False


def _catches(catcher: ElementInfo, inner: ElementInfo, code: str, known: Known) -> bool:
    if catcher.event != "error" or catcher.event_name not in ("", code):
        return False
    if catcher.process_id != inner.process_id:
        return False
    if catcher.kind == "boundaryEvent":
        return catcher.attached_to == inner.id
    handler = _element(inner.process_id, catcher.parent, known)
    return handler is not None and handler.parent == inner.parent and handler.id != inner.id


def _element(process: str, ident: str, known: Known) -> ElementInfo | None:
    found = (each for each in known.elements if each.process_id == process and each.id == ident)
    return next(found, None) if ident else None


def _calls_of(process: str, known: Known) -> list[ElementInfo]:
    calls = (each for each in known.elements if each.kind == "callActivity")
    return [each for each in calls if process in known.families.going_to(each)]


def calls_come_to_an_end(diagrams: Sequence[Diagram], known: Known) -> Iterator[Finding]:
    """A process that on every way comes back to itself, with no wait where it is started anew, never ends."""
    families = known.families
    nets = {
        area.id: net_of(area)
        for diagram in diagrams
        for area in diagram.areas
        if area.parent is None and area.nodes and _comes_round(area.id, families)
    }
    endless = _endless(nets, known)
    for info in known.elements:
        if info.process_id in endless and families.going_to(info) & endless:
            yield error(
                "endless-call",
                f"{called(info)} leads on every way back to the process it stands in: it would never end.",
                "Decide with an exclusive gateway before it whether it is to be done again.",
            ).at(info.file, info.id)


def _comes_round(process: str, families: Families) -> bool:
    return any(process in families.beneath(each) for each in families.below(process))


def _endless(nets: Mapping[str, Net], known: Known) -> frozenset[str]:
    """The largest set of processes of which none can end without another of them."""
    endless, before = frozenset(nets), frozenset[str]()
    while endless != before:
        before = endless
        endless = frozenset(each for each in before if not _ends_without(nets[each], before, known))
    return endless


def _ends_without(net: Net, endless: frozenset[str], known: Known) -> bool:
    """Whether a way leads to an end past every call into the set; before a start, a wait is as good."""
    into = {
        info.id: info.kind
        for info in known.elements
        if info.process_id == net.area.id and known.families.going_to(info) & endless
    }
    waits = frozenset() if "callActivity" in into.values() else _WAITS
    waiting = [net.places[place].node for start in net.starts for place in start]
    seen = set(into)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if not net.followers[name] or net.area.nodes[name].tag in waits:
            return True
        waiting += net.followers[name]
    return False
