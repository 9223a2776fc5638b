"""The shape of a rule: versions keyed by the day they start, so that no gap or overlap can be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from engine.law.errors import NoSuchLaw

Unit = Literal[
    "days",
    "weeks",
    "months",
    "working_days",
    "tribunal_working_days",
    "date",
    "immediate",
    "asap",
    "reasonable_notice",
    "as_reg44",
    "none",
]
"""What a length is counted in. The last four have no length that a day could be worked out from."""

Counting = Literal["EXCL", "INCL", "PERIOD_INCL", "BEFORE", "BACK"]
"""Whether the day of the event counts; ``statute.yaml`` explains each with an example."""

Kind = Literal["statutory", "guidance", "derived", "good_practice", "tribunal_practice"]
"""What stands behind a rule. Only ``statutory`` is a legal limit."""

Nature = Literal["deadline", "minimum", "window", "hold", "bar", "duty", "marker"]
"""What it means to reach the last day.

``deadline``: can be kept or missed. ``minimum``: a time another must be given; acting before its end
breaches it. ``window``: somebody else's right. ``hold``: we may not act before its end. ``bar``: a
request may be refused until then. ``duty``: shown, not timed. ``marker``: a day to act on or to count
from, by which nobody is late.
"""

Confidence = Literal["read", "read_secondary", "read_in_part", "memory"]
"""How the text was checked: seen itself, described by others, seen in part, or not seen."""

StartConfidence = Literal["read", "inferred", "memory", "chosen"]
"""How well the first day of a version is known; ``chosen`` marks good practice of our own."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long: ``number`` units (a range's outer end), or a day of the year for ``date``."""

    unit: Unit
    number: int | None = None
    earliest: int | None = None
    month: int | None = None
    day: int | None = None
    text: str = ""

    @property
    def is_computable(self) -> bool:
        """Whether a last day can be worked out from it."""
        return self.unit not in {"asap", "reasonable_notice", "as_reg44", "none"}


@dataclass(frozen=True, slots=True)
class Limb:
    """One way a rule counts: from which anchors (and which of them when several are set), how, how long."""

    anchors: tuple[str, ...]
    pick: Literal["earliest", "latest"]
    length: Length
    counting: Counting | None = None

    def anchored(self, facts: Mapping[str, date]) -> tuple[str, date] | None:
        """The anchor to count from among the facts of a case, with its day; None if none is set."""
        found: tuple[str, date] | None = None
        for name in self.anchors:
            day = facts.get(name)
            if day is not None and (found is None or (day < found[1]) == (self.pick == "earliest")):
                found = name, day
        return found


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A rule as it stands from ``starts`` until the next version does."""

    starts: date
    limb: Limb
    or_later: tuple[Limb, ...]
    kind: Kind
    nature: Nature
    roll: Literal["tribunal"] | None
    exceptions: tuple[str, ...]
    cite: str
    href: str | None
    checked_on: date
    confidence: Confidence
    confidence_note: str | None
    start_confidence: StartConfidence
    applies_to: str | None
    notes: tuple[str, ...]

    @property
    def limbs(self) -> tuple[Limb, ...]:
        """All ways it counts; where there are several the later day stands."""
        return (self.limb, *self.or_later)


@dataclass(frozen=True)
class Rule:
    """A duty with a stable id and its versions, oldest first. None in place of a version ends the rule."""

    id: str
    title: str
    duty: str
    owed_by: str
    group: str
    ours: bool
    versions: tuple[tuple[date, RuleVersion | None], ...]

    def on(self, day: date) -> RuleVersion:
        """The version in force on a day.

        Raises:
            NoSuchLaw: before the first version, or once the rule has ended.
        """
        for starts, version in reversed(self.versions):
            if starts <= day:
                if version is None:
                    raise NoSuchLaw(self.id, day, f"it ended when {starts.isoformat()} began.")
                return version
        raise NoSuchLaw(self.id, day, f"its first known version starts on {self.versions[0][0].isoformat()}.")

    @cached_property
    def known(self) -> tuple[RuleVersion, ...]:
        """Its versions, newest first, without the end."""
        return tuple(version for _, version in reversed(self.versions) if version is not None)

    @property
    def latest(self) -> RuleVersion:
        """The newest version."""
        return self.known[0]

    @cached_property
    def anchors(self) -> tuple[str, ...]:
        """Every anchor that some version counts from, those that matter most first."""
        names = (name for version in self.known for limb in version.limbs for name in limb.anchors)
        return tuple(dict.fromkeys(names))

    @property
    def kind(self) -> Kind:
        """What stands behind its newest version."""
        return self.latest.kind

    @property
    def nature(self) -> Nature:
        """What it means to reach the last day, by its newest version."""
        return self.latest.nature

    @property
    def is_computable(self) -> bool:
        """Whether a last day can be worked out from its newest version."""
        return self.latest.limb.length.is_computable


@dataclass(frozen=True, slots=True)
class Anchor:
    """A dated fact of a case that rules count from.

    Args:
        name: its stable name.
        title: what happened on the day, as the beginning of a sentence.
        meaning: which day exactly it is.
        planned: whether it may lie in the future when it is recorded.
        follows: facts that come before it or on the same day, each with the provision that says so.
    """

    name: str
    title: str
    meaning: str
    planned: bool
    follows: Mapping[str, str]
