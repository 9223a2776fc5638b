"""The register of coverage: every rule as one flat entry, for lists, documents and reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.law.rules import Confidence, Counting, Kind, Nature, Rule, StartConfidence, Unit
from engine.law.statute import Statute, statute


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A rule by its newest version, and since when and how surely it is known.

    Args:
        length: as people write it (*6 weeks*); ``number`` and ``unit`` are its parts.
        anchors: the facts it counts from, those that matter most first.
        starts: the first day of the newest version; ``versions`` is how many there are.
        ended_on: the day from which it is no longer law, if any.
        checked_on: when somebody last compared it with its source.
    """

    id: str
    group: str
    group_name: str
    title: str
    duty: str
    owed_by: str
    length: str
    number: int | None
    unit: Unit
    counting: Counting | None
    anchors: tuple[str, ...]
    roll: str | None
    kind: Kind
    nature: Nature
    exceptions: tuple[str, ...]
    cite: str
    href: str | None
    confidence: Confidence
    confidence_note: str | None
    checked_on: date
    starts: date
    start_confidence: StartConfidence
    ended_on: date | None
    versions: int
    ours: bool
    computable: bool
    notes: tuple[str, ...]


def register(law: Statute | None = None) -> tuple[RegisterEntry, ...]:
    """Every rule in the order of the data file."""
    law = law or statute()
    return tuple(_entry(rule, law.groups[rule.group]) for rule in law)


def _entry(rule: Rule, group_name: str) -> RegisterEntry:
    terms, length = rule.latest, rule.latest.limb.length
    last_start, last_version = rule.versions[-1]
    return RegisterEntry(
        id=rule.id,
        group=rule.group,
        group_name=group_name,
        title=rule.title,
        duty=rule.duty,
        owed_by=rule.owed_by,
        length=length.text,
        number=length.number,
        unit=length.unit,
        counting=terms.limb.counting,
        anchors=rule.anchors,
        roll=terms.roll,
        kind=terms.kind,
        nature=terms.nature,
        exceptions=terms.exceptions,
        cite=terms.cite,
        href=terms.href,
        confidence=terms.confidence,
        confidence_note=terms.confidence_note,
        checked_on=terms.checked_on,
        starts=terms.starts,
        start_confidence=terms.start_confidence,
        ended_on=last_start if last_version is None else None,
        versions=len(rule.known),
        ours=rule.ours,
        computable=rule.is_computable,
        notes=terms.notes,
    )
