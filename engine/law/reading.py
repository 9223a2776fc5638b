"""From data to rules: the three files of the law, checked as they are read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal, get_args

from engine.law.circumstances import Circumstance
from engine.law.counting import WAYS
from engine.law.lengths import FORM, read_length
from engine.law.rules import Anchor, Confidence, Counting, Kind, Length, Limb, Nature, Rule, RuleVersion
from engine.law.rules import StartConfidence as Start
from engine.law.strict import Table

_RULE_KEYS = ("title", "group", "duty", "owed_by", "versions")
_VERSION_KEYS = ("kind", "nature", "length", "cite", "checked_on", "confidence", "start_confidence")
_VERSION_EXTRAS = (
    "counting",
    "from",
    "or_later",
    "roll",
    "exceptions",
    "href",
    "confidence_note",
    "applies_to",
    "notes",
)
_LIMB_KEYS = ("length", "from")
_ANCHOR_KEYS = ("title", "meaning")
_CIRCUMSTANCE_KEYS = (
    "title",
    "circumstance",
    "effect",
    "where",
    "in_force_from",
    "in_force_to",
    "confidence",
    "checked_on",
)
_PICKS: dict[str, Literal["earliest", "latest"]] = {"earliest_of": "earliest", "latest_of": "latest"}
_ROLLS: tuple[Literal["tribunal"], ...] = ("tribunal",)


class Names:
    """The names that rules may use: anchors, exception codes and groups."""

    def __init__(self, anchors: Collection[str], codes: Collection[str], groups: Collection[str]) -> None:
        self.anchors = anchors
        self.codes = codes
        self.groups = groups


def read_rule(rule_id: str, table: Table, names: Names) -> Rule:
    """A rule from its table.

    Raises:
        StatuteRefused: naming the file, the key and the form it takes.
    """
    table.allow(_RULE_KEYS, ("ours",))
    return Rule(
        rule_id,
        title=table.text("title"),
        duty=table.text("duty"),
        owed_by=table.text("owed_by"),
        group=table.choice("group", names.groups),
        ours=table.flag("ours"),
        versions=_versions(table.table("versions"), names),
    )


def _versions(table: Table, names: Names) -> tuple[tuple[date, RuleVersion | None], ...]:
    found: list[tuple[date, RuleVersion | None]] = []
    for starts, terms in table.entries():
        if type(starts) is not date:
            raise table.refusal(str(starts), "it is no date.", "Key each version by the day it starts.")
        path = f"{table.path}.{starts}"
        version = None if terms is None else read_version(starts, Table(terms, table.where, path), names)
        found.append((starts, version))
    found.sort(key=lambda pair: pair[0])
    if not found or found[0][1] is None:
        raise table.refusal(
            None, "a rule begins with a version.", "Write the first as YYYY-MM-DD: its terms."
        )
    return tuple(found)


def read_version(starts: date, table: Table, names: Names) -> RuleVersion:
    """One version of a rule from its table.

    Raises:
        StatuteRefused: naming the file, the key and the form it takes.
    """
    table.allow(_VERSION_KEYS, _VERSION_EXTRAS)
    return RuleVersion(
        starts,
        limb=_limb(table, names),
        or_later=_later_limbs(table, names),
        kind=table.choice("kind", get_args(Kind)),
        nature=table.choice("nature", get_args(Nature)),
        roll=table.choice("roll", _ROLLS) if "roll" in table else None,
        exceptions=_known(table, "exceptions", names.codes),
        cite=table.text("cite"),
        href=_address(table),
        checked_on=table.day("checked_on"),
        confidence=table.choice("confidence", get_args(Confidence)),
        confidence_note=table.optional_text("confidence_note"),
        start_confidence=table.choice("start_confidence", get_args(Start)),
        applies_to=table.choice("applies_to", names.anchors) if "applies_to" in table else None,
        notes=table.texts("notes"),
    )


def _limb(table: Table, names: Names) -> Limb:
    length = read_length(table["length"])
    if length is None:
        raise table.refusal("length", f"{table['length']!r} is no length.", FORM)
    anchors, pick = _from(table, names)
    if length.is_computable and not anchors:
        raise table.refusal("from", "it is missing.", "Name the anchor that the length counts from.")
    return Limb(anchors, pick, length, _counting(table, length))


def _later_limbs(table: Table, names: Names) -> tuple[Limb, ...]:
    if "or_later" not in table:
        return ()
    limb = _limb(table.table("or_later").allow(_LIMB_KEYS, ("counting",)), names)
    if not limb.length.is_computable:
        raise table.refusal("or_later.length", "no day can be worked out from it.", FORM)
    return (limb,)


def _counting(table: Table, length: Length) -> Counting | None:
    """How the length is counted, where it is; only pairs that have arithmetic are let through."""
    ways = _ways(length)
    if not ways:
        if "counting" in table:
            raise table.refusal("counting", "nothing is counted here.", "Leave it out.")
        return None
    return table.choice("counting", ways)


def _ways(length: Length) -> list[Counting]:
    if length.month is not None:
        return ["BEFORE"]
    return [counting for unit, counting in WAYS if unit == length.unit and counting is not None]


def _from(table: Table, names: Names) -> tuple[tuple[str, ...], Literal["earliest", "latest"]]:
    """The anchors: one name, or ``{earliest_of: [...]}`` or ``{latest_of: [...]}``."""
    value = table["from"]
    if value is None:
        return (), "earliest"
    if isinstance(value, str):
        return (table.choice("from", names.anchors),), "earliest"
    choice = table.table("from")
    found = [(pick, key) for key, pick in _PICKS.items() if key in choice]
    if len(found) != 1:
        raise choice.refusal(None, "it names no choice.", "Write {earliest_of: [...]} or {latest_of: [...]}.")
    pick, key = found[0]
    return _known(choice.allow([key]), key, names.anchors), pick


def _known(table: Table, key: str, allowed: Collection[str]) -> tuple[str, ...]:
    values = table.texts(key)
    for value in values:
        if value not in allowed:
            raise table.refusal(key, f"{value} isn't known.", "Add it to its file first, or correct it.")
    return values


def _address(table: Table) -> str | None:
    address = table.optional_text("href")
    if address is not None and not address.startswith("https://"):
        raise table.refusal("href", f"{address!r} is no address.", "Write one that begins with https://.")
    return address


def read_anchor(name: str, table: Table) -> Anchor:
    """An anchor from its table."""
    table.allow(_ANCHOR_KEYS, ("planned", "follows"))
    before = table.table("follows") if "follows" in table else None
    follows = {} if before is None else {str(other): before.text(str(other)) for other, _ in before.entries()}
    return Anchor(name, table.text("title"), table.text("meaning"), table.flag("planned"), follows)


def read_circumstance(code: str, table: Table) -> Circumstance:
    """An exception from its table."""
    table.allow(_CIRCUMSTANCE_KEYS)
    return Circumstance(
        code,
        title=table.text("title"),
        circumstance=table.text("circumstance"),
        effect=table.text("effect"),
        where=table.text("where"),
        in_force_from=table.day("in_force_from"),
        in_force_to=table.optional_day("in_force_to"),
        confidence=table.choice("confidence", get_args(Confidence)),
        checked_on=table.day("checked_on"),
    )
