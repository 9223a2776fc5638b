"""Limits that a way through a process leaves open: the case would be late with them for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.definitions.checks.joins import named
from engine.definitions.diagram import Diagram
from engine.definitions.families import rules_in
from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, constant, warning
from engine.definitions.soundness import Game, Marking, Net, Watch, net_of, play
from engine.definitions.soundness.game import OPEN
from engine.definitions.vocabulary import WorkAction
from engine.spiff.drawing import Area
from engine.spiff.elements import ElementInfo
from engine.spiff.findings import Finding

_CLOSING = ("ehc:meets", "ehc:supersedes")


def limits_closed(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """On every way from where a deadline runs to an end, something meets it or sets it aside."""
    infos = {drawn.info.id: drawn.info for drawn in diagram.elements}
    for area in diagram.areas:
        if area.parent is None and area.nodes:
            watching = _Watching(area, infos, known)
            for element, remark in (*watching.left_open(), *watching.cut_short()):
                yield remark.at(diagram.file, element)


class _Watching:
    def __init__(self, area: Area, infos: Mapping[str, ElementInfo], known: Known) -> None:
        self.area = area
        self.known = known
        self.own = [info for info in infos.values() if info.process_id == area.id]
        self.infos = infos
        self.net = net_of(area)

    def left_open(self) -> Iterator[tuple[str, Remark]]:
        closing = {name: self._closed_at(name) for name in self.area.nodes}
        missing = {name: self._timed_out_at(name) for name in self.area.nodes}
        for rule in sorted(self._opened()):
            closers = frozenset(name for name, rules in closing.items() if rule in rules)
            if not closers:
                yield from self._never_closed(rule)
                continue
            too_late = {name for name, rules in missing.items() if rule in rules}
            game = play(self.net, self._watch(rule, closers | too_late))
            late = next((each for each in game.ended if each.watched == OPEN), None)
            if late is not None and not game.too_large:
                yield self._remark(game, late, rule, closers)

    def cut_short(self) -> Iterator[tuple[str, Remark]]:
        """What ends the whole process at once settles the limits that its elements have."""
        carried = {rule for info in self.own for rule in rules_in(info, "ehc:rule")} & self._opened()
        for inner in self.area.inner:
            if inner.is_event_subprocess and _interrupts(inner):
                left = carried - self._closed_at(inner.id) - self._carried_in(inner)
                if left and not self._settles_all(inner.id):
                    yield inner.id, _left(self.known, min(left), f"where {_name(inner)} ends the process")

    def _carried_in(self, inner: Area) -> frozenset[str]:
        return frozenset(
            rule for info in self.own if info.id in inner.nodes for rule in rules_in(info, "ehc:rule")
        )

    def _settles_all(self, name: str) -> bool:
        within = (info for info in self.own if self._is_within(info, name))
        return any(action.settles for info in within if (action := self._action(info)) is not None)

    def _never_closed(self, rule: str) -> Iterator[tuple[str, Remark]]:
        """A limit that no timer watches may still run: the engine's work opens it, or a letter does."""
        families = self.known.families
        closed = rule in families.closed_around(self.area.id) or not any(families.closes.values())
        if closed and rule != self.known.words.appeal_rule:
            return
        for info in self.own:
            if rule in self._by_work(info):
                yield info.id, _left(self.known, rule, f"after {called(info)}, where it begins")

    def _opened(self) -> set[str]:
        """The deadlines that run in this process, but for those that the engine's own work meets."""
        by_work = {rule for info in self.own for rule in self._by_work(info)}
        carried = {rule for info in self.own for rule in rules_in(info, "ehc:rule")}
        law, words = self.known.law, self.known.words
        return {
            rule
            for rule in (by_work | carried) - words.met_by_work
            if rule in law and (rule in by_work or law.rule(rule).latest.nature == "deadline")
        }

    def _by_work(self, info: ElementInfo) -> tuple[str, ...]:
        """What the engine's own work opens, and the time to appeal that a letter gives."""
        letter = self.known.words.letters.get(constant(info.properties.get("ehc:notice", "")) or "")
        if letter is not None and letter.appeal:
            return (self.known.words.appeal_rule,)
        action = self._action(info)
        return action.opens if action else ()

    def _action(self, info: ElementInfo) -> WorkAction | None:
        source = next((each.source for each in info.inputs if each.target == "action"), "")
        return self.known.words.actions(info.task_type).get(constant(source) or "")

    def _watch(self, rule: str, closers: frozenset[str]) -> Watch:
        opening = [
            info for info in self.own if rule in rules_in(info, "ehc:rule") or rule in self._by_work(info)
        ]
        places = {self._place(info) for info in opening}
        return Watch(
            opens=frozenset(places - {""}),
            closes=closers,
            open_at_start="" in places,
        )

    def _place(self, info: ElementInfo) -> str:
        """The node of this area at which an element's limit begins; empty for one that runs beside it all."""
        name = info.attached_to or info.id
        while name not in self.area.nodes:
            name = self.infos[name].parent
        return "" if self.area.nodes[name].is_event_subprocess else name

    def _closed_at(self, name: str) -> frozenset[str]:
        """The rules closed by a node, by what is drawn within it, or by what it calls or starts."""
        within = [info for info in self.own if info.id == name or self._is_within(info, name)]
        found = {rule for info in within for rule in rules_in(info, *_CLOSING)}
        return frozenset(found).union(*(self.known.families.closed_at(info) for info in within))

    def _timed_out_at(self, name: str) -> frozenset[str]:
        """Where a limit's own timer is what goes on, the limit was missed, and that is settled."""
        timer = self.infos[name]
        host = self.infos.get(timer.attached_to)
        if timer.event != "timer" or not timer.rule or not (host is None or timer.interrupting):
            return frozenset()
        return frozenset((*rules_in(timer, "ehc:rule"), *(rules_in(host, "ehc:rule") if host else ())))

    def _is_within(self, info: ElementInfo, name: str) -> bool:
        parent = info.parent
        while parent and parent != name:
            parent = self.infos[parent].parent if parent in self.infos else ""
        return bool(parent)

    def _remark(self, game: Game, late: Marking, rule: str, closers: frozenset[str]) -> tuple[str, Remark]:
        element, way = _last_turn(game.net, game, late, closers)
        return element or self.area.id, _left(self.known, rule, way)


def _left(known: Known, rule: str, way: str) -> Remark:
    cite = known.law.rule(rule).latest.cite
    if rule == known.words.appeal_rule:
        return warning(
            "appeal-not-watched",
            f"A letter gives the family a right of appeal; nothing watches its time ({rule}, {cite}) {way}.",
            "Start the process that watches the time to appeal after the letter (ehc:start).",
        )
    return warning(
        "limit-left-open",
        f"{rule} ({cite}) is neither met nor set aside {way}: it would be missed there.",
        "Give an element on that way the property ehc:meets with this rule; where the rule no longer applies "
        "there, ehc:supersedes.",
    )


def _interrupts(inner: Area) -> bool:
    return any(start.element.get("isInterrupting") != "false" for start in inner.starts())


def _name(inner: Area) -> str:
    return f"“{inner.element.get('name') or inner.id}”"


def _last_turn(net: Net, game: Game, late: Marking, closers: frozenset[str]) -> tuple[str, str]:
    """The last choice whose other way would have closed the limit, and the way that was chosen."""

    def closing(places: tuple[int, ...]) -> bool:
        nodes = {net.places[place].node for place in places}
        return any(closers & ({node} | net.reached_from(node)) for node in nodes)

    for step in game.trace(late):
        others = [each for each in step.choices if each is not step.outcome and closing(each.places)]
        if others and not closing(step.outcome.places):
            if step.outcome.event:
                return step.node, f"where {named(net, step.outcome.event)} takes {named(net, step.node)} away"
            way = " and ".join(named(net, net.places[place].node) for place in step.outcome.places)
            return step.node, f"on the way from {named(net, step.node)} to {way or 'its end'}"
    return "", f"on a way through “{net.area.id}”"
