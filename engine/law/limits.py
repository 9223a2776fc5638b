"""From a rule and the dated facts of a case to the last compliant day: one pure function.

A limit is kept on or before its last day and broken from 00:00 London on the day after. Nothing here
reads a clock or a database; the explanation is worked out only if somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from engine.calendar import Calendar, england
from engine.clock import start_of_day
from engine.law import explaining
from engine.law.counting import last_day
from engine.law.errors import LawError, MissingAnchor, NotComputable
from engine.law.rules import Kind, Limb, Nature, Rule, RuleVersion
from engine.law.statute import Statute, statute

FIRST_YEAR, LAST_YEAR = 1900, 9000
"""Anchors outside these years are refused: a slip of the pen, and a limit could run past the last date."""

_DAY = timedelta(days=1)
_ALERTED = frozenset({"deadline", "window"})
_UNCOUNTED = {
    "asap": "it is owed as soon as practicable, and no period is set.",
    "none": "no period is set.",
    "reasonable_notice": "it takes reasonable notice, which depends on the case.",
    "as_reg44": "it runs as if the tribunal had ordered it, which depends on what was agreed.",
}


class Reckoning(NamedTuple):
    """One limb as it was counted: ``counted`` is its last day before rolling, ``last_day`` after."""

    limb: Limb
    anchor: str
    anchored_on: date
    counted: date
    last_day: date


@dataclass(frozen=True)
class Due:
    """A limit worked out for a case.

    Args:
        rule: the rule's id.
        version: the day the version used starts.
        anchor: the fact it counts from.
        anchored_on: the day of that fact.
        last_day: the last compliant day (``limit.due``).
    """

    rule: str
    version: date
    anchor: str
    anchored_on: date
    last_day: date
    terms: RuleVersion = field(compare=False, repr=False)
    full_rule: Rule = field(compare=False, repr=False)
    reckonings: tuple[Reckoning, ...] = field(compare=False, repr=False)
    calendar: Calendar = field(compare=False, repr=False)

    @property
    def kind(self) -> Kind:
        """What stands behind it; only ``statutory`` is a legal limit."""
        return self.terms.kind

    @property
    def nature(self) -> Nature:
        """What it means to reach the last day."""
        return self.terms.nature

    @property
    def citation(self) -> str:
        """Where it stands in the law."""
        return self.terms.cite

    @cached_property
    def broken_at(self) -> datetime:
        """The instant from which it is broken (``limit.broken``): 00:00 London of the next day, in UTC."""
        return start_of_day(self.last_day + _DAY)

    @cached_property
    def safe_day(self) -> date:
        """The last working day on or before the last day: nothing rolls to a later one."""
        return self.calendar.last_working_day_by(self.last_day)

    @property
    def deciding(self) -> Reckoning:
        """The limb that gave the last day."""
        return _latest(self.reckonings)

    @cached_property
    def strict_day(self) -> date | None:
        """The last day by those who count the day of the event as the first; for an alert, not the limit.

        None where nothing is counted onwards from an event, or where the time is a minimum for another.
        """
        limb, _, anchored_on, _, _ = self.deciding
        if limb.counting != "EXCL" or self.nature not in _ALERTED:
            return None
        if limb.length.unit in {"days", "weeks", "months"}:
            return self.deciding.counted - _DAY
        number = (limb.length.number or 1) - 1
        return last_day(limb, anchored_on, self.calendar, number) if number else anchored_on

    @cached_property
    def earliest_day(self) -> date | None:
        """Where the law gives a range (three to six months): its inner end. Otherwise None."""
        limb, _, anchored_on, _, _ = self.deciding
        if limb.length.earliest is None:
            return None
        return last_day(limb, anchored_on, self.calendar, limb.length.earliest)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """How the last day was found, one sentence a step."""
        return explaining.steps(self)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What else to know: the standing of the rule, other readings, what lifts it."""
        return explaining.notes(self)

    @cached_property
    def explanation(self) -> str:
        """The steps and notes as one text."""
        return " ".join((*self.steps, *self.notes))


def due(
    rule: str | Rule,
    anchors: Mapping[str, date] | date,
    *,
    calendar: Calendar | None = None,
    on: date | None = None,
    law: Statute | None = None,
) -> Due:
    """The limit that a rule sets.

    Args:
        rule: its id, or the rule itself.
        anchors: the dated facts of the case (others are passed over), or the day of the rule's own anchor.
        calendar: bank holidays; England's as shipped if absent.
        on: the day whose law applies; the anchor's day if absent.
        law: the statute that holds the rule; the one shipped if absent.

    Raises:
        UnknownRule: there is no such rule.
        NoSuchLaw: it was not law on that day.
        NotComputable: it has no length, or (``MissingAnchor``) the fact it counts from is not given.
    """
    if isinstance(rule, str):
        rule = (law or statute()).rule(rule)
    if calendar is None:
        calendar = england()
    facts = _own_anchor(rule, anchors) if isinstance(anchors, date) else anchors
    terms = _in_force(rule, facts, on)
    if not terms.limb.length.is_computable:
        raise NotComputable(rule.id, " ".join((_UNCOUNTED[terms.limb.length.unit], *terms.notes)))
    reckonings = _reckonings(rule, terms, facts, calendar)
    found = _latest(reckonings)
    return Due(
        rule.id,
        terms.starts,
        found.anchor,
        found.anchored_on,
        found.last_day,
        terms,
        rule,
        reckonings,
        calendar,
    )


def _own_anchor(rule: Rule, day: date) -> dict[str, date]:
    """A day without a name stands for the anchor that each version names first."""
    return {version.limb.anchors[0]: day for version in rule.known if version.limb.anchors}


def _in_force(rule: Rule, facts: Mapping[str, date], on: date | None) -> RuleVersion:
    """The version that was law on the decisive day: ``on``, or the day of the anchor (or ``applies_to``)."""
    if on is not None:
        return rule.on(on)
    undecided: RuleVersion | None = None
    before: date | None = None
    for version in rule.known:
        day = _decisive_day(version, facts)
        if day is None:
            undecided = version
        elif day < version.starts:
            before = day
        elif undecided is not None and day >= undecided.starts:
            raise MissingAnchor(rule.id, undecided.limb.anchors)
        else:
            rule.on(day)  # refuses a day after the rule's end
            return version
    return _none_in_force(rule, before)


def _none_in_force(rule: Rule, before: date | None) -> RuleVersion:
    """No version applies: the facts are too early or missing, or the rule has no length to need them."""
    if before is not None:
        return rule.on(before)
    if not rule.is_computable:
        return rule.latest
    raise MissingAnchor(rule.id, rule.latest.limb.anchors)


def _decisive_day(version: RuleVersion, facts: Mapping[str, date]) -> date | None:
    if version.applies_to is not None:
        return facts.get(version.applies_to)
    found = _anchored(version.limb, facts)
    return found[1] if found else None


def _reckonings(
    rule: Rule, terms: RuleVersion, facts: Mapping[str, date], calendar: Calendar
) -> tuple[Reckoning, ...]:
    """The rule's own limb, whose anchor must be given, and the others whose anchor is."""
    own = _reckon(terms.limb, terms, facts, calendar)
    if own is None:
        raise MissingAnchor(rule.id, terms.limb.anchors)
    if not terms.or_later:
        return (own,)
    others = (_reckon(limb, terms, facts, calendar) for limb in terms.or_later)
    return (own, *(other for other in others if other is not None))


def _latest(reckonings: tuple[Reckoning, ...]) -> Reckoning:
    if len(reckonings) == 1:
        return reckonings[0]
    return max(reckonings, key=lambda reckoning: reckoning.last_day)


def _reckon(
    limb: Limb, terms: RuleVersion, facts: Mapping[str, date], calendar: Calendar
) -> Reckoning | None:
    found = _anchored(limb, facts)
    if found is None:
        return None
    counted = last_day(limb, found[1], calendar)
    rolled = calendar.next_tribunal_working_day_from(counted) if terms.roll else counted
    return Reckoning(limb, *found, counted, rolled)


def _anchored(limb: Limb, facts: Mapping[str, date]) -> tuple[str, date] | None:
    found = limb.anchored(facts)
    if found is not None:
        _check_day(*found)
    return found


def _check_day(anchor: str, day: date) -> None:
    if type(day) is not date:
        raise TypeError(f"{anchor} is {day!r}. Give the day in London as a date, without a time.")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise LawError(f"{anchor} is {day}. Give a day between the years {FIRST_YEAR} and {LAST_YEAR}.")
