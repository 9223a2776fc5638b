"""The order of a process: nodes of one circle share a stage, and no stage leads to an earlier one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Edges = Mapping[str, Sequence[str]]
Rank = tuple[int, int]


def ranks_of(edges: Edges, starts: Sequence[str]) -> dict[str, Rank]:
    """For each node its stage and its place within it. Nothing recurses, however long the process."""
    order = list(reversed(_finished(edges, [*starts, *edges])))
    places = {name: number for number, name in enumerate(order)}
    backwards: dict[str, list[str]] = {name: [] for name in edges}
    for name, targets in edges.items():
        for target in targets:
            backwards[target].append(name)
    stages: dict[str, int] = {}
    for number, name in enumerate(order):
        waiting = [name]
        while waiting:
            each = waiting.pop()
            if each not in stages:
                stages[each] = number
                waiting += [before for before in backwards[each] if before not in stages]
    return {name: (stages[name], places[name]) for name in edges}


def _finished(edges: Edges, starts: Sequence[str]) -> list[str]:
    """The nodes in the order in which a search in depth is done with them."""
    seen, done = set[str](), list[str]()
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        path: list[tuple[str, Iterator[str]]] = [(start, iter(edges[start]))]
        while path:
            name, targets = path[-1]
            target = next((each for each in targets if each not in seen), None)
            if target is None:
                done.append(name)
                path.pop()
            else:
                seen.add(target)
                path.append((target, iter(edges[target])))
    return done
