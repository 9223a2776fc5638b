"""Whether a case can still come to an end from where its tokens would stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.services.processes.drawings import Drawings, Place
from engine.spiff import Position


def newly_stuck(
    drawings: Drawings,
    before: Sequence[Position],
    after: Sequence[Position],
    former: Drawings | None = None,
) -> list[str]:
    """Why joins would wait for ever after a change at which nothing would have before.

    Args:
        former: the drawings that the tokens stood in before, if they are others.
    """
    known = {join for _, joins in _stuck(former or drawings, before) for join in joins}
    return [
        message
        for _, joins in _stuck(drawings, after)
        for join, message in joins.items()
        if join not in known
    ]


def _stuck(drawings: Drawings, places: Sequence[Position]) -> Iterator[tuple[Place, dict[str, str]]]:
    for (area, _), standing in _by_area(drawings, places).items():
        if area in drawings.areas:
            yield area, drawings.stuck(area, standing)


def _by_area(
    drawings: Drawings, places: Sequence[Position]
) -> dict[tuple[Place, int | None], list[tuple[str, str]]]:
    """The tokens of each process or sub-process under way; what only waits beside is no way of its own."""
    found: dict[tuple[Place, int | None], list[tuple[str, str]]] = {}
    for place in places:
        if place.beside or place.parent is not None:
            continue
        drawn = drawings.drawn.get((place.process_id, place.element_id))
        area = (drawn.info.parent if drawn else "") or place.process_id
        standing = (place.element_id, place.came_by)
        found.setdefault(((place.process_id, area), place.scope), []).append(standing)
    return found
