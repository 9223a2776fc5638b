"""Built-ins on lists. Elements are the same if FEEL's ``=`` says so: null equals null, 1 equals 1.0."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cmp_to_key

from engine.feel.errors import LimitExceeded, NoValue
from engine.feel.evaluation import LONGEST_LIST, Evaluation
from engine.feel.functions import family
from engine.feel.operators.comparison import ORDERED, order, stamp
from engine.feel.values import Function, Value


def _contains(items: list[Value], element: Value, *, evaluation: Evaluation) -> bool:
    evaluation.weigh(items)
    wanted = stamp(element)
    return any(stamp(item) == wanted for item in items)


def _count(items: list[Value]) -> Decimal:
    return Decimal(len(items))


def _index(items: list[Value], position: int) -> int:
    """The Python index of a FEEL position."""
    if position == 0 or abs(position) > len(items):
        raise NoValue(f"there is no position {position} in a list of {len(items)}")
    return position - 1 if position > 0 else len(items) + position


def _sublist(items: list[Value], start: int, length: int | None = None) -> list[Value]:
    first = _index(items, start)
    if length is None:
        return items[first:]
    if length < 1 or first + length > len(items):
        raise NoValue(f"there are no {length} items from position {start} in a list of {len(items)}")
    return items[first : first + length]


def _append(items: list[Value], more: list[Value]) -> list[Value]:
    return [*items, *more]


def _append_none(items: list[Value]) -> list[Value]:
    return list(items)


def _concatenate(lists: list[list[Value]]) -> list[Value]:
    if sum(map(len, lists)) > LONGEST_LIST:
        raise LimitExceeded(f"A list has more than {LONGEST_LIST} items. Join fewer.")
    return [item for items in lists for item in items]


def _distinct(items: list[Value], *, evaluation: Evaluation) -> list[Value]:
    evaluation.weigh(items)
    seen: dict[object, Value] = {}
    for item in items:
        seen.setdefault(stamp(item), item)
    return list(seen.values())


def _union(lists: list[list[Value]], *, evaluation: Evaluation) -> list[Value]:
    return _distinct(_concatenate(lists), evaluation=evaluation)


def _insert_before(items: list[Value], position: int, new: Value) -> list[Value]:
    index = _index(items, position)
    return [*items[:index], new, *items[index:]]


def _remove(items: list[Value], position: int) -> list[Value]:
    index = _index(items, position)
    return [*items[:index], *items[index + 1 :]]


def _replace_at(items: list[Value], position: int, new: Value) -> list[Value]:
    index = _index(items, position)
    return [*items[:index], new, *items[index + 1 :]]


def _replace_matching(
    items: list[Value], match: Function, new: Value, *, evaluation: Evaluation
) -> list[Value]:
    result = []
    for item in items:
        answer = match.call([item, new], evaluation, 0)
        if not isinstance(answer, bool):
            raise NoValue("the match function must answer true or false")
        result.append(new if answer else item)
    return result


def _reverse(items: list[Value]) -> list[Value]:
    return items[::-1]


def _index_of(items: list[Value], match: Value, *, evaluation: Evaluation) -> list[Value]:
    evaluation.weigh(items)
    wanted = stamp(match)
    return [Decimal(place) for place, item in enumerate(items, 1) if stamp(item) == wanted]


def _flatten(items: list[Value], *, evaluation: Evaluation) -> list[Value]:
    evaluation.weigh(items)
    return list(_leaves(items))


def _leaves(items: list[Value]) -> Iterable[Value]:
    for item in items:
        if type(item) is list:
            yield from _leaves(item)
        else:
            yield item


def _sort(items: list[Value], precedes: Function | None = None, *, evaluation: Evaluation) -> list[Value]:
    if precedes is None:
        return sorted(items, key=cmp_to_key(_natural(evaluation)))

    def compare(left: Value, right: Value) -> int:
        evaluation.spend(1)
        for first, second, answer in ((left, right, -1), (right, left, 1)):
            precedes_it = precedes.call([first, second], evaluation, 0)
            if not isinstance(precedes_it, bool):
                raise NoValue("the function to sort by must answer true or false")
            if precedes_it:
                return answer
        return 0

    return sorted(items, key=cmp_to_key(compare))


def _natural(evaluation: Evaluation) -> Callable[[Value, Value], int]:
    def compare(left: Value, right: Value) -> int:
        evaluation.spend(1)
        result = order(left, right) if type(left) in ORDERED else None
        if result is None:
            raise NoValue("the items have no order; give a function to sort by")
        return result

    return compare


LISTS = family(
    [
        ("list contains(list: list, element: any) -> boolean", _contains),
        ("count(list: list) -> number", _count),
        ("sublist(list: list, start position: integer, length: integer?) -> list", _sublist),
        ("append(list: list, item: any...) -> list", _append),
        ("append(list: list) -> list", _append_none),
        ("concatenate(list: list...) -> list", _concatenate),
        ("union(list: list...) -> list", _union),
        ("insert before(list: list, position: integer, newItem: any) -> list", _insert_before),
        ("remove(list: list, position: integer) -> list", _remove),
        ("list replace(list: list, position: integer, newItem: any) -> list", _replace_at),
        ("list replace(list: list, match: function, newItem: any) -> list", _replace_matching),
        ("reverse(list: list) -> list", _reverse),
        ("index of(list: list, match: any) -> list", _index_of),
        ("distinct values(list: list) -> list", _distinct),
        ("flatten(list: list) -> list", _flatten),
        ("sort(list: list, precedes: function|null?) -> list", _sort),
    ]
)
