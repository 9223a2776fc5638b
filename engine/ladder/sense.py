"""What a ladder must make sense of besides its shape: its words are known, and lateness is always heard."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from engine.ladder.covering import Places, example
from engine.ladder.findings import LadderFinding, error, instead, warning
from engine.ladder.ladder import steps_of
from engine.ladder.rows import Row
from engine.ladder.rung import Rung
from engine.ladder.words import CHANNELS, LEVELS, NOBODY, NOT_ANSWERED, ROLES, SETTING, Known

#: Days ahead of a limit at which somebody may be told at the earliest.
EARLIEST = -366


def unknown_words(rows: Iterable[Row], known: Known | None) -> Iterator[LadderFinding]:
    """Words of cells that nothing goes by."""
    for row in rows:
        if row.rung is not None:
            yield from _unknown("level", row, [row.rung.level], (*LEVELS, NOBODY))
            yield from _unknown("role", row, row.rung.roles, ROLES)
            yield from _unknown("channel", row, [row.rung.channel], CHANNELS)
        if known is not None:
            yield from _names(row, known)


def _names(row: Row, known: Known) -> Iterator[LadderFinding]:
    yield from _unknown("agency", row, row.words["agency"].named, [*known.agencies, SETTING])
    yield from _unknown("rule", row, row.words["rule"].named, known.rules)
    yield from _unknown("kind", row, row.words["kind"].named, known.kinds)
    if row.rung is not None and known.wordings is not None:
        yield from _unknown("wording", row, [row.rung.wording], known.wordings)
    if known.answers is not None:
        for finding in _unknown("answered", row, row.words["answered"].named, {*known.answers, NOT_ANSWERED}):
            yield warning(finding.element, finding.rule, finding.message, finding.remedy)
    for word in sorted(row.words["rule"].named & known.untold):
        message = f"{row.called} names the rule {word}, by which nobody can be late."
        yield warning(row.places["rule"], "ladder-untold-rule", message, "Leave it out.")


def _unknown(column: str, row: Row, words: Iterable[str], known: Collection[str]) -> Iterator[LadderFinding]:
    for word in sorted(word for word in words if word not in known):
        message = f"{row.called} names the {column} “{word}”, which there isn't."
        yield error(row.places[column], f"ladder-unknown-{column}", message, instead(word, known))


def unheard(rows: Iterable[Row]) -> Iterator[LadderFinding]:
    """Rows by which nobody is told of a limit that is late, and rows that tell of it years ahead."""
    for row in rows:
        first, last = row.days.runs[0][0], row.days.runs[-1][1]
        if row.rung is None and last > 0:
            message = f"By row {row.number} nobody is told of a limit that is late."
            remedy = "End the row on the last day at the latest, and say who is told from then on."
            yield error(row.places["days"], "ladder-silent", message, remedy)
        if row.rung is not None and first < EARLIEST:
            message = f"{row.called} tells somebody more than {-EARLIEST} days ahead."
            remedy = 'Say from which day on, and have a row of level "none" for the days before.'
            yield error(row.places["days"], "ladder-too-early", message, remedy)


def out_of_order(rows: Sequence[Row]) -> list[LadderFinding]:
    """Places where somebody was told and then nobody is, or a lower level than before.

    The rows cover everything once.
    """
    found: dict[tuple[int, int], LadderFinding] = {}
    by_number = {row.number: row for row in rows}
    for place in Places(rows):
        starts, rungs = steps_of(place.rows)
        before: Rung | None = None
        for day, rung in zip(starts, rungs, strict=True):
            if before is not None and _falls(before, rung):
                number = 0 if rung is None else rung.row_number
                told = example(place.words, day, day)
                found.setdefault((before.row_number, number), _fall(by_number[before.row_number], rung, told))
            before = rung
    return list(found.values())


def _falls(before: Rung, after: Rung | None) -> bool:
    return after is None or LEVELS.index(after.level) < LEVELS.index(before.level)


def _fall(row: Row, after: Rung | None, told: str) -> LadderFinding:
    if after is None:
        message = f"After {row.called[0].lower()}{row.called[1:]} nobody is told any more: {told}."
        remedy = "Once somebody is told, let somebody be told until the limit is met."
        return error(row.places["days"], "ladder-silent", message, remedy)
    message = f"After {row.called[0].lower()}{row.called[1:]} the level falls to {after.level}: {told}."
    remedy = "Lateness climbs. Check the days of both rows."
    return warning(row.places["level"], "ladder-falls", message, remedy)
