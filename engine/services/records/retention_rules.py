"""How long records are kept: rules by class, as data, each version from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from engine.errors import SetupError

#: What ships; an installation may name a file of its own.
DEFAULTS = Path(__file__).with_name("retention.yaml")
#: With a plan, and without: every case is one of them.
PLAN_FILE, REQUEST_FILE = "plan_file", "request_file"
CLASSES = (PLAN_FILE, REQUEST_FILE)
#: What a time can count from: the birthday of the child, or the day on which the case was closed.
COUNTS_FROM = ("date_of_birth", "closed_on")
_VERSION = {"from": date, "counts_from": str, "years": int, "default": bool, "source": str}


@dataclass(frozen=True)
class RetentionRule:
    """How long records of a class are kept, from a day on.

    `default` says that nobody has confirmed it for this installation.
    """

    record_class: str
    title: str
    since: date
    counts_from: str
    years: int
    default: bool
    source: str

    def due_on(self, born: date, closed: date) -> date:
        """The first day on which the records need no longer be kept."""
        return _years_after(born if self.counts_from == "date_of_birth" else closed, self.years)


def read_rules(path: Path | None = None) -> Mapping[str, list[RetentionRule]]:
    """The versions of the rule of each class, the newest last.

    Raises:
        SetupError: the file isn't there or doesn't have the form.
    """
    place = path or DEFAULTS
    try:
        document = yaml.safe_load(place.read_text())
        rules = {name: _versions(name, document["classes"][name]) for name in CLASSES}
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise SetupError(
            f"{place} isn't a schedule of retention ({type(error).__name__}: {error}). Give it the form of"
            f" {DEFAULTS.name}."
        ) from error
    return rules


def rule_on(versions: list[RetentionRule], day: date) -> RetentionRule:
    """The version that holds on a day; before the first one, the first."""
    held = [rule for rule in versions if rule.since <= day]
    return held[-1] if held else versions[0]


def _versions(name: str, given: Mapping[str, Any]) -> list[RetentionRule]:
    found = []
    for version in given["versions"]:
        for key, kind in _VERSION.items():
            if type(version[key]) is not kind:
                raise ValueError(f"{name}: {key} must be {kind.__name__}")
        if version["counts_from"] not in COUNTS_FROM or not 0 < version["years"] <= 150:
            raise ValueError(f"{name}: counts_from is one of {', '.join(COUNTS_FROM)}, years from 1 to 150")
        rule = RetentionRule(
            name,
            str(given["title"]),
            version["from"],
            version["counts_from"],
            version["years"],
            version["default"],
            version["source"],
        )
        found.append(rule)
    if not found or sorted(found, key=lambda rule: rule.since) != found:
        raise ValueError(f"{name}: versions stand in the order of their days, and there is at least one")
    return found


def _years_after(day: date, years: int) -> date:
    """The same day of a later year; the day after, where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
