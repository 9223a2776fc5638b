"""What a back-test of early warning found, as the tables of `docs/early-warning.md`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.early_scores import (
    Foretold,
    Outcome,
    Outcomes,
    Score,
    Warnings,
    brier,
    calibration,
    early,
    plain,
    score,
    threshold_for,
)
from engine.config import ROOT
from insight.early.mornings import SHORTEST_NOTICE, WARNS_AT

DOCUMENT = ROOT / "docs" / "early-warning.md"
BEGIN, END = "<!-- back-test: begin -->", "<!-- back-test: end -->"
#: Days before the last day at which the plain rule warns, and at which likelihoods are judged.
DAYS = (28, 14, 7)
_EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
#: A rule or an agency with fewer misses isn't shown by itself.
_FEWEST = 10
_TITLES = {
    "year": "The example year: requests and their advice",
    "plans": "A population of plans and their reviews",
}


@dataclass(frozen=True)
class Tested:
    """A replay, what was said in it each morning, and what came.

    Attributes:
        heard: what the forecast said; `deaf`: what it would have said without the agencies' own word.
        first, last: limits are judged whose last day lies on or after the first and before the last.
    """

    name: str
    first: date
    last: date
    heard: Sequence[Foretold]
    deaf: Sequence[Foretold]
    outcomes: Outcomes
    seconds: float


def write(document: Path, tested: Sequence[Tested], machine: str) -> None:
    """Put what was found into the document, between its marks."""
    before, _, rest = document.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    found = "\n\n".join("\n\n".join(_section(each)) for each in tested)
    document.write_text(f"{before}{BEGIN}\n{machine}\n\n{found}\n{END}{after}")


def _section(tested: Tested) -> Iterator[str]:
    missed = sum(each.is_missed for each in tested.outcomes.values())
    yield f"### {_TITLES.get(tested.name, tested.name)}"
    yield (
        f"{len(tested.outcomes)} limits with a last day from {tested.first:%-d %B %Y} to the day before"
        f" {tested.last:%-d %B %Y}, of which {missed} were missed; {len(tested.heard)} forecasts in"
        f" {tested.seconds:.0f} s, the replay included."
    )
    yield _table(_POLICIES, _policies(tested))
    yield _table(_BRIER, _off_by(tested))
    yield "Of what was said 14 days before the last day:"
    yield _table(_CALIBRATION, _calibrated(tested))
    yield f"By rule, and the agencies' advice by agency (with {_FEWEST} misses or more):"
    yield _table(_KINDS, _by_kind(tested))


_POLICIES = ("who is warned of", "warned", "right", "of the missed", "notice: median", "mean")
_BRIER = ("days before", "limits", "forecast", "without the agencies' word", "the year's share for all")
_CALIBRATION = ("limits", "said", "came")
_KINDS = (
    "rule",
    "missed",
    "plain 14: right",
    "of the missed",
    "early: right",
    "of the missed",
    "notice: median",
)


def _table(heads: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [heads, ["---", *("---:" for _ in heads[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _policies(tested: Tested) -> Iterator[list[str]]:
    for days in DAYS:
        found = score(plain(tested.heard, days), tested.outcomes)
        yield [f"plain: all that run {days} days before", *_cells(found)]
        for name, said in (("forecast", tested.heard), ("without the agencies' word", tested.deaf)):
            at = threshold_for(found.warned, said, tested.outcomes, SHORTEST_NOTICE)
            same = score(early(said, at, SHORTEST_NOTICE), tested.outcomes)
            yield [f"{name}, as many warnings (from {at:.0%})", *_cells(same)]
    for name, said in (("as shipped", tested.heard), ("without the agencies' word", tested.deaf)):
        shipped = score(early(said, WARNS_AT, SHORTEST_NOTICE), tested.outcomes)
        yield [f"**{name}: from {WARNS_AT:.0%}**", *_cells(shipped)]


def _cells(found: Score) -> list[str]:
    return [
        str(found.warned),
        _percent(found.precision),
        _percent(found.recall),
        _days(found.median_notice),
        _days(found.mean_notice),
    ]


def _off_by(tested: Tested) -> Iterator[list[str]]:
    for days in DAYS:
        heard = brier(tested.heard, tested.outcomes, days)
        deaf = brier(tested.deaf, tested.outcomes, days)
        if heard is not None and deaf is not None:
            yield [str(days), str(heard[2]), f"{heard[0]:.3f}", f"{deaf[0]:.3f}", f"{heard[1]:.3f}"]


def _calibrated(tested: Tested) -> Iterator[list[str]]:
    for each in calibration(tested.heard, tested.outcomes, 14, _EDGES):
        yield [str(each.number), _percent(each.foretold), _percent(each.came)]


def _by_kind(tested: Tested) -> Iterator[list[str]]:
    simple = plain(tested.heard, 14)
    shipped = early(tested.heard, WARNS_AT, SHORTEST_NOTICE)
    for name, belongs in _kinds(tested.outcomes):
        outcomes = {key: each for key, each in tested.outcomes.items() if belongs(each)}
        yield [name, *_compared(simple, shipped, outcomes)]


def _compared(simple: Warnings, shipped: Warnings, outcomes: Outcomes) -> list[str]:
    one, other = score(simple, outcomes), score(shipped, outcomes)
    return [
        str(one.missed),
        _percent(one.precision),
        _percent(one.recall),
        _percent(other.precision),
        _percent(other.recall),
        _days(other.median_notice),
    ]


def _kinds(outcomes: Outcomes) -> Iterator[tuple[str, Callable[[Outcome], bool]]]:
    """The rules, and the agencies of advice, that were missed often enough, the most often missed first."""
    missed = [each for each in outcomes.values() if each.is_missed]
    rules = sorted({each.rule for each in missed}, key=lambda rule: (-_count(missed, rule), rule))
    for rule in rules:
        if _count(missed, rule) >= _FEWEST:
            yield f"`{rule}`", lambda each, rule=rule: each.rule == rule
        agencies = sorted({each.agency for each in missed if each.rule == rule})
        for agency in agencies if len(agencies) > 1 else ():
            if sum(each.rule == rule and each.agency == agency for each in missed) >= _FEWEST:
                yield (
                    f"`{rule}`, {agency}",
                    lambda each, rule=rule, agency=agency: (each.rule, each.agency) == (rule, agency),
                )


def _count(missed: Sequence[Outcome], rule: str) -> int:
    return sum(each.rule == rule for each in missed)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _days(number: float | None) -> str:
    return "–" if number is None else f"{number:.0f}"
