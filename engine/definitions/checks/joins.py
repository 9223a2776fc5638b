"""What the game of tokens shows of a diagram: joins that never fill, and work that is done twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.definitions.remarks import Remark, error, warning
from engine.definitions.soundness import Game, Marking, Net, Step, net_of, play, play_from
from engine.spiff.drawing import Area

Found = tuple[str, Remark]


def soundness_of(area: Area) -> Iterator[Found]:
    """The remarks on one process or sub-process, each with its element's id."""
    if not area.nodes:
        return
    game = play(net_of(area))
    if game.too_large:
        yield (
            area.id,
            warning(
                "too-large-to-prove",
                f"“{area.id}” has so many ways through it that not all could be tried.",
                "Draw parts of it as sub-processes or called processes; each is then tried by itself.",
            ),
        )
        return
    yield from _never_filled(game)
    yield from _done_twice(game)


def stand_still(net: Net, standing: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The joins at which a case would stand for ever from where its tokens are now, each with why."""
    found = _never_filled(play_from(net, standing))
    return {join: remark.message for join, remark in found if remark.severity == "error"}


def _never_filled(game: Game) -> Iterator[Found]:
    """A parallel join waits for a token on every incoming flow: where one stays away, it waits for ever."""
    told = set[str]()
    for marking in game.stuck:
        for join in _first_stuck(game.net, marking):
            if join not in told:
                told.add(join)
                yield join, _of_join(game, marking, join)


def _first_stuck(net: Net, marking: Marking) -> list[str]:
    """The joins that wait, without those that wait only because another does."""
    waiting = sorted({net.places[place].node for place, _ in marking.tokens})
    return [
        join
        for join in waiting
        if all(
            other == join or join not in net.reached_from(other) or other in net.reached_from(join)
            for other in waiting
        )
    ]


def _of_join(game: Game, marking: Marking, join: str) -> Remark:
    net, flows = game.net, game.net.joins[join]
    held = {place for place, _ in marking.tokens}
    missing = next(place for place in flows if place not in held)
    step = next((each for each in game.trace(marking) if _turns_away(net, each, missing)), None)
    again = any(each.node == join for each in game.trace(marking))
    reason, remedy = _comes_again(net, join) if again else _reason(net, step, join)
    message = (
        f"{named(net, join)} waits for all its {len(flows)} incoming flows, but {reason}no token comes on "
        f"the one from {named(net, net.source(missing))}: the case would stand here for ever."
    )
    if _at_odds(game, marking):
        return warning(
            "join-may-not-fill",
            f"{message} This takes two choices with the same condition that are decided differently.",
            remedy,
        )
    return error("join-never-fills", message, remedy)


def _turns_away(net: Net, step: Step, missing: int) -> bool:
    """Whether a token could still have come to a flow before this step, and not by what was chosen."""

    def fills(places: tuple[int, ...]) -> bool:
        return any(net.may_fill(place, missing) for place in places)

    return not fills(step.outcome.places) and any(fills(each.places) for each in step.choices)


def _reason(net: Net, step: Step | None, join: str) -> tuple[str, str]:
    """Why a flow gets no token, and the remedy."""
    at = named(net, join)
    if step is None:
        return "", f"Make {at} an exclusive gateway, or split with a parallel gateway before it."
    where = named(net, step.node)
    if step.outcome.event:
        event = named(net, step.outcome.event)
        return (
            f"where {event} takes {where} away, ",
            f"Lead the way from {event} and the one from {where} into an exclusive gateway before {at}.",
        )
    if step.outcome.stays:
        return (
            f"where no event comes at the boundary of {where}, ",
            f"Lead the way from that event to an end of its own, not into {at}.",
        )
    way = " and ".join(named(net, net.places[place].node) for place in step.outcome.places) or "its end"
    return (
        f"where {where} chooses the way to {way}, ",
        f"Merge the ways of {where} with an exclusive gateway before {at}, or make {at} one.",
    )


def _comes_again(net: Net, join: str) -> tuple[str, str]:
    """A token too many, where the join has gone on already."""
    return (
        "a token can come to it again after it has gone on, and then ",
        f"Let every way come to {named(net, join)} once only: join what is split before it leads back or on.",
    )


def _at_odds(game: Game, marking: Marking) -> bool:
    """Whether the way there takes a condition for true at one gateway and for false at another."""
    decided: dict[str, dict[str, bool]] = {}
    for step in game.trace(marking):
        if len(step.choices) > 1 and not step.outcome.event:
            taken = {_condition(game.net, place) for place in step.outcome.places}
            for each in {_condition(game.net, place) for way in step.choices for place in way.places} - {""}:
                decided.setdefault(each, {}).setdefault(step.node, each in taken)
    return any(len(set(by_node.values())) > 1 for by_node in decided.values())


def _condition(net: Net, place: int) -> str:
    flow = net.flow_of(place)
    return "".join((flow.condition or "").split()) if flow else ""


def _done_twice(game: Game) -> Iterator[Found]:
    """Ways that a split opens and that meet again without a join bring their work about more than once."""
    net, told = game.net, list[str]()
    for node, marking in game.doubled.items():
        if any(node in net.reached_from(other) for other in told):
            continue
        told.append(node)
        split = next((each for each in game.trace(marking) if _opens(net, each, node)), None)
        yield (
            node,
            warning(
                "done-twice",
                f"{named(net, node)} would be done twice: {_opened(net, split)}lead here without a join.",
                "Join the ways with a parallel gateway before it; leave it if each way is to do it once.",
            ),
        )


def _opens(net: Net, step: Step, node: str) -> bool:
    leading = [
        place
        for place in step.outcome.places
        if net.places[place].node == node or node in net.reached_from(net.places[place].node)
    ]
    return len(leading) > 1


def _opened(net: Net, split: Step | None) -> str:
    if split is None:
        return "several ways "
    if split.outcome.event:
        return f"the event {named(net, split.outcome.event)} leaves {named(net, split.node)} going, and both "
    return f"several of the ways that {named(net, split.node)} opens at once "


def named(net: Net, node: str) -> str:
    """A node as its owner knows it."""
    return f"“{net.area.nodes[node].element.get('name') or node}”"
