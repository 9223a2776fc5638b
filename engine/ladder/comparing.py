"""Two ladders beside each other, in words: who is no longer told, or later; and what else is another.

Whoever was told ahead of a limit, or of one that is late, and no longer is or only later, is a *loss*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.ladder.covering import Places, TooMany, day, days
from engine.ladder.ladder import Ladder
from engine.ladder.rows import TEXTS, Row


@dataclass(frozen=True)
class Difference:
    """One thing that isn't as it was.

    Attributes:
        id: names a loss for ever; empty where nothing is lost.
        element: the row it is about; empty where it is about several.
        sort: "added", "removed" or "changed".
        text: a sentence.
    """

    id: str
    element: str
    sort: str
    text: str


def differences(before: Ladder, after: Ladder) -> list[Difference]:
    """How a ladder differs from the one before it: losses first, then what is new or otherwise."""
    try:
        effects = list(_effects(before, after))
    except TooMany:
        effects = [Difference("ladder:compare", "", "changed", _TOO_MANY)]
    return [*sorted(effects, key=lambda each: (not each.id, each.text)), *_of_rows(before, after)]


# --- what it means for those who are told --------------------------------------------------


@dataclass(frozen=True)
class _Told:
    """The first day on which a role is told, by its place on both ladders; None: never."""

    role: str
    of_late: bool
    was: int | None
    now: int | None


def _effects(before: Ladder, after: Ladder) -> Iterator[Difference]:
    olds = {id(row) for row in before.rows}
    found: dict[_Told, list[Mapping[str, str | None]]] = {}
    for place in Places((*before.rows, *after.rows)):
        was = [row for row in place.rows if id(row) in olds]
        now = [row for row in place.rows if id(row) not in olds]
        for told in _changed(was, now):
            found.setdefault(told, []).append(place.words)
    for told, where in found.items():
        is_lost = told.was is not None and (told.now is None or told.now > told.was)
        ident = _loss_id(told) if is_lost else ""
        yield Difference(ident, "", "changed", f"{_sentence(told)} {_examples(where)}")


def _changed(was: Sequence[Row], now: Sequence[Row]) -> Iterator[_Told]:
    for of_late in (False, True):
        olds, news = _first_days(was, of_late), _first_days(now, of_late)
        for role in sorted(olds.keys() | news.keys()):
            if olds.get(role) != news.get(role):
                yield _Told(role, of_late, olds.get(role), news.get(role))


def _first_days(rows: Iterable[Row], of_late: bool) -> dict[str, int]:
    """Of each role the first day on which it is told; ahead of the limit, or once it is late."""
    found: dict[str, int] = {}
    for row in rows:
        for first, _ in row.days.runs if row.rung is not None else ():
            for role in row.rung.roles if row.rung is not None and (first > 0) == of_late else ():
                found[role] = min(first, found.get(role, first))
    return found


def _loss_id(told: _Told) -> str:
    return f"ladder:{told.role}:{told.was}:{'never' if told.now is None else told.now}"


def _sentence(told: _Told) -> str:
    who = f"The role {told.role}"
    what = "of what is late" if told.of_late else "ahead of a limit"
    if told.now is None:
        assert told.was is not None
        return f"{who} is no longer told {what}; it was from {day(told.was)} on."
    if told.was is None:
        return f"{who} is told {what} from {day(told.now)} on; it wasn't before."
    how = "later" if told.now > told.was else "earlier"
    return f"{who} is told {what} {how}: from {day(told.now)} on, not {day(told.was)}."


def _examples(places: Sequence[Mapping[str, str | None]]) -> str:
    """For whom it is so, by an example: the place whose words say most."""
    place = max(places, key=lambda words: sum(word is not None for word in words.values()))
    told = ", ".join(f"{name} {place[name] or '(any other)'}" for name in TEXTS)
    return f"For example: {told}."


# --- row by row ----------------------------------------------------------------------------


def _of_rows(before: Ladder, after: Ladder) -> Iterator[Difference]:
    olds, news = {row.id: row for row in before.rows}, {row.id: row for row in after.rows}
    for row in after.rows:
        if row.id not in olds:
            yield Difference("", row.id, "added", f"{row.called} is new.")
        elif told := "; ".join(_turnings(olds[row.id], row)):
            yield Difference("", row.id, "changed", f"{row.called}: {told}.")
    for row in before.rows:
        if row.id not in news:
            yield Difference("", row.id, "removed", f"{row.called} is gone.")


def _turnings(old: Row, new: Row) -> Iterator[str]:
    for column, shown in _SHOWN.items():
        was, now = shown(old), shown(new)
        if was != now:
            yield f"{column} was {was}, is {now}"


def _words(column: str) -> Callable[[Row], str]:
    def shown(row: Row) -> str:
        cell = row.words[column]
        named = ", ".join(sorted(cell.named))
        if cell.all_but:
            return f"any but {named}" if named else "any"
        return named

    return shown


def _said(name: str) -> Callable[[Row], str]:
    def shown(row: Row) -> str:
        value = "nobody" if row.rung is None else getattr(row.rung, name)
        return " and ".join(value) if isinstance(value, tuple) else str(value)

    return shown


def _days(row: Row) -> str:
    return " and ".join(days(first, last) for first, last in row.days.runs)


_SHOWN: Mapping[str, Callable[[Row], str]] = {
    **{name: _words(name) for name in ("agency", "rule", "kind")},
    "days": _days,
    "answered": _words("answered"),
    **{name: _said(name) for name in ("level", "roles", "channel", "wording")},
}
_TOO_MANY = "The ladders tell more cases apart than can be compared: see for yourself who is told later."
