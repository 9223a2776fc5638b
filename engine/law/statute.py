"""The statutory rules as one value: by id, with their anchors and exceptions, and what they amend to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType

from engine.law.circumstances import Circumstance
from engine.law.errors import StatuteRefused, UnknownRule
from engine.law.reading import Names, read_anchor, read_circumstance, read_rule, read_version
from engine.law.rules import Anchor, Rule
from engine.law.strict import Table, read_yaml

RULES, ANCHORS, EXCEPTIONS = "statute.yaml", "anchors.yaml", "exceptions.yaml"


@dataclass(frozen=True, eq=False)
class Statute:
    """All rules, in the order of the data file. Never changes: an amendment makes a new one."""

    rules: Mapping[str, Rule]
    groups: Mapping[str, str]
    exceptions: Mapping[str, Circumstance]
    _anchors: Mapping[str, Anchor]

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules.values())

    def __len__(self) -> int:
        return len(self.rules)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self.rules

    def rule(self, rule_id: str) -> Rule:
        """The rule with an id.

        Raises:
            UnknownRule: with ids that look like it.
        """
        try:
            return self.rules[rule_id]
        except KeyError:
            raise UnknownRule("rule", rule_id, self.rules) from None

    def anchors(self) -> Mapping[str, Anchor]:
        """The dated facts of a case, by name: those rules count from, and those that lead to them."""
        return self._anchors

    def exception(self, code: str) -> Circumstance:
        """The exception with a code.

        Raises:
            UnknownRule: with codes that look like it.
        """
        try:
            return self.exceptions[code]
        except KeyError:
            raise UnknownRule("exception", code, self.exceptions) from None

    def lifted_by(self, code: str) -> tuple[str, ...]:
        """The ids of the rules whose limit an exception lifts, by their newest version."""
        return self._lifted.get(self.exception(code).code, ())

    def counting_from(self, anchor: str) -> tuple[str, ...]:
        """The ids of the rules that count from an anchor."""
        return tuple(rule.id for rule in self if anchor in rule.anchors)

    def amended(self, rule_id: str, starts: date, terms: Mapping[str, object] | None) -> Statute:
        """The law with one more version of a rule, or, with None for its terms, without it from that day.

        Args:
            rule_id: an id that exists.
            starts: the first day of the version; one that starts the same day is replaced.
            terms: the whole version, in the shape of ``statute.yaml``.

        Raises:
            UnknownRule: if there is no such rule.
            StatuteRefused: if the terms can't be right.
        """
        rule = self.rule(rule_id)
        version = None
        if terms is not None:
            version = read_version(starts, Table(terms, "amendment", f"{rule_id}.{starts}"), self._names)
        others = [pair for pair in rule.versions if pair[0] != starts]
        versions = tuple(sorted([*others, (starts, version)], key=lambda pair: pair[0]))
        changed = replace(rule, versions=versions)
        return replace(self, rules=MappingProxyType({**self.rules, rule_id: changed}))

    @property
    def _names(self) -> Names:
        return Names(self._anchors, self.exceptions, self.groups)

    @cached_property
    def _lifted(self) -> dict[str, tuple[str, ...]]:
        return {
            code: tuple(rule.id for rule in self if code in rule.latest.exceptions)
            for code in self.exceptions
        }


def read_statute(rules: str, anchors: str, exceptions: str, where: str = RULES) -> Statute:
    """A statute from the texts of its three YAML files.

    Args:
        rules: groups and rules, as in ``statute.yaml``.
        anchors: as in ``anchors.yaml``.
        exceptions: as in ``exceptions.yaml``.
        where: how to name the file of the rules in a refusal.

    Raises:
        StatuteRefused: naming the file, the key and the form it takes.
    """
    known = {name: read_anchor(name, table) for name, table in _tables(anchors, ANCHORS)}
    for name, anchor in known.items():
        for other in anchor.follows:
            if other not in known:
                raise StatuteRefused(
                    ANCHORS, f"{name}.follows", f"{other} is no anchor.", "Correct its name."
                )
    codes = {code: read_circumstance(code, table) for code, table in _tables(exceptions, EXCEPTIONS)}
    top = Table(read_yaml(rules, where), where, "").allow(("groups", "rules"))
    groups = {str(letter): str(name) for letter, name in top.entries("groups")}
    names = Names(known, codes, groups)
    read = {
        str(rule_id): read_rule(str(rule_id), Table(data, where, f"rules.{rule_id}"), names)
        for rule_id, data in top.entries("rules")
    }
    return Statute(
        MappingProxyType(read), MappingProxyType(groups), MappingProxyType(codes), MappingProxyType(known)
    )


@cache
def statute() -> Statute:
    """The law as shipped with this release, read once."""
    return read_statute(*(shipped(name) for name in (RULES, ANCHORS, EXCEPTIONS)))


def shipped(name: str) -> str:
    """The text of one of the data files of this release."""
    return files("engine.law").joinpath(name).read_text("utf-8")


def _tables(text: str, where: str) -> Iterator[tuple[str, Table]]:
    for name, data in Table(read_yaml(text, where), where, "").entries():
        yield str(name), Table(data, where, str(name))
