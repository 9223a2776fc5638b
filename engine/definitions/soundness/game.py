"""The game: from each beginning, every marking of tokens that matters, as far as the bounds allow.

Of all tokens that could move, the one nearest to the start moves, and every one of its outcomes is followed.
Nothing that others do could take its outcomes away, so no marking at which the process stands still is
missed, and two tokens that can meet do meet. Only what ends the whole area at once would; it comes last.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from engine.definitions.soundness.net import Net, Outcome

MOST_MARKINGS = 20_000
MOST_WORK = 600_000
"""Tokens looked at: about a second."""

Token = tuple[int, str]
"""A place, and the activity whose non-interrupting event began this strand; empty for the process itself."""


class Marking(NamedTuple):
    """The tokens, in order, and whether what is watched for has been opened and closed."""

    tokens: tuple[Token, ...]
    watched: int = 0


class Step(NamedTuple):
    """How a marking was come to: from which, at which node, by which of the outcomes it has."""

    before: Marking | None
    node: str = ""
    outcome: Outcome = Outcome(())
    choices: Sequence[Outcome] = ()


@dataclass(frozen=True)
class Watch:
    """What opens and what closes a limit, by node."""

    opens: frozenset[str] = frozenset()
    closes: frozenset[str] = frozenset()
    open_at_start: bool = False


NOT_YET, OPEN, CLOSED = 0, 1, 2


@dataclass
class Game:
    """What was found.

    Attributes:
        steps: every marking, with how it was come to first.
        stuck: markings in which tokens wait and nothing can happen any more.
        ended: the markings in which the area is over.
        doubled: nodes at which two tokens can be at once, with the first such marking.
        too_large: the bounds were reached, so nothing is proven.
    """

    net: Net
    steps: dict[Marking, Step] = field(default_factory=dict)
    stuck: list[Marking] = field(default_factory=list)
    ended: list[Marking] = field(default_factory=list)
    doubled: dict[str, Marking] = field(default_factory=dict)
    too_large: bool = False

    def trace(self, marking: Marking) -> Iterator[Step]:
        """The steps that led to a marking, the last first."""
        step = self.steps[marking]
        while step.before is not None:
            yield step
            step = self.steps[step.before]


def play_from(net: Net, standing: Sequence[tuple[str, str]]) -> Game:
    """Play a net on from where tokens stand: each at a node, or on the flow from one node to another.

    Args:
        standing: node, and the node from which its token came where it waits for others; else empty.
    """
    numbers = [_place_of(net, *each) for each in standing]
    return play(replace(net, starts=[tuple(number for number in numbers if number is not None)]))


def _place_of(net: Net, node: str, came_by: str) -> int | None:
    """The place at which a token stands; None where the net has none for it."""
    found = [number for number, place in enumerate(net.places) if place.node == node]
    if came_by:
        return next((number for number in found if net.source(number) == came_by), None)
    return next((number for number in found if not net.places[number].flow), None)


def play(net: Net, watch: Watch | None = None) -> Game:
    """Play a net to the end, or to the bounds."""
    playing = _Playing(Game(net), watch or Watch())
    playing.run()
    return playing.game


class _Playing:
    def __init__(self, game: Game, watch: Watch) -> None:
        self.game = game
        self.net = game.net
        self.watch = watch
        self.waiting: deque[Marking] = deque()
        self.work = 0
        self.countable = {name for name, node in self.net.area.nodes.items() if _is_work(node.tag)}

    def run(self) -> None:
        begun = OPEN if self.watch.open_at_start else NOT_YET
        for places in self.net.starts:
            marking = Marking(tuple(sorted((place, "") for place in places)), begun)
            self._add(marking, Step(None))
        while self.waiting:
            marking = self.waiting.popleft()
            self.work += len(marking.tokens) + 1
            if len(self.game.steps) > MOST_MARKINGS or self.work > MOST_WORK:
                self.game.too_large = True
                return
            self._go_on(marking)

    def _go_on(self, marking: Marking) -> None:
        taken = self._movable(marking)
        if taken:
            self._follow(marking, taken)
        elif not marking.tokens:
            self.game.ended.append(marking)
        elif any(place in self.net.ending for place, _ in marking.tokens):
            self._add(Marking((), marking.watched), Step(marking))
        else:
            self.game.stuck.append(marking)

    def _movable(self, marking: Marking) -> tuple[Token, ...]:
        """The tokens that move together next; none if all wait."""
        held = {token[0]: token for token in reversed(marking.tokens)}
        gathering = ""
        for token in marking.tokens:
            node = self.net.places[token[0]].node
            if token[0] in self.net.ending:
                continue
            if node in self.net.gathers:
                gathering = gathering or node
                if self._nobody_comes(node, marking):
                    return _those_on(self.net.gathers[node], held)
            elif node not in self.net.joins:
                return (token,)
            elif all(place in held for place in self.net.joins[node]):
                return _those_on(self.net.joins[node], held)
        return _those_on(self.net.gathers[gathering], held) if gathering else ()

    def _nobody_comes(self, node: str, marking: Marking) -> bool:
        """An inclusive gateway waits as long as a token elsewhere may still come to it.

        Of several that wait for each other, the first goes on when nothing else can.
        """
        places = (self.net.places[place].node for place, _ in marking.tokens)
        return not any(other != node and node in self.net.reached_from(other) for other in places)

    def _follow(self, marking: Marking, taken: tuple[Token, ...]) -> None:
        left = list(marking.tokens)
        for token in taken:
            left.remove(token)
        place = self.net.places[taken[0][0]]
        strand = min(each for _, each in taken)
        outcomes = self.net.outcomes[taken[0][0]]
        for outcome in outcomes:
            made = [(to, self._strand(place.node, outcome, to, strand)) for to in outcome.places]
            tokens = tuple(sorted([*left, *made]))
            after = Marking(tokens, self._watched(marking.watched, place.node, outcome))
            self._add(after, Step(marking, place.node, outcome, outcomes), made)

    def _strand(self, node: str, outcome: Outcome, to: int, strand: str) -> str:
        """What a non-interrupting event begins is a strand beside the process."""
        aside = outcome.stays and self.net.places[to].node == outcome.event
        return strand or node if aside else strand

    def _watched(self, so_far: int, node: str, outcome: Outcome) -> int:
        if node in self.watch.closes and not outcome.stays and not outcome.event:
            return CLOSED
        return OPEN if so_far == NOT_YET and node in self.watch.opens else so_far

    def _add(self, marking: Marking, step: Step, made: list[Token] | None = None) -> None:
        if marking in self.game.steps:
            return
        crowded = self._note_doubled(marking, made or [])
        self.game.steps[marking] = step
        if not crowded:
            self.waiting.append(marking)

    def _note_doubled(self, marking: Marking, made: list[Token]) -> bool:
        """Note where two tokens are at once; whether there are so many that nothing more is to be learnt."""
        for token in made:
            name = self.net.places[token[0]].node
            beside = [each for each in marking.tokens if self.net.places[each[0]].node == name]
            if len(beside) > 1 and name in self.countable and any(not strand for _, strand in beside):
                self.game.doubled.setdefault(name, marking)
            if sum(each[0] == token[0] for each in beside) > 2:
                return True
        return False


def _those_on(places: Sequence[int], held: Mapping[int, Token]) -> tuple[Token, ...]:
    return tuple(held[place] for place in places if place in held)


def _is_work(tag: str) -> bool:
    """Whether it would matter that it is done twice."""
    return not tag.endswith("Gateway") and tag not in ("startEvent", "endEvent", "boundaryEvent")
