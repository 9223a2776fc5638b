"""What the law refuses, each error with what to do about it.

LawError
├── StatuteRefused    a data file can't be right: file, key and the form it takes
├── UnknownRule       no rule, exception or group has this id; near ones are named
├── NoSuchLaw         the rule wasn't law on that day
└── NotComputable     the rule has no length from which a day could be worked out
    └── MissingAnchor none of the days it counts from is given
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches


class LawError(Exception):
    """Base of the errors of the statutory rules; ``message`` says what, where and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StatuteRefused(LawError):
    """Law data that cannot be right.

    Args:
        where: the file the data came from.
        key: the dotted path of the entry at fault.
        problem: what is wrong with it.
        remedy: the form it takes.
    """

    def __init__(self, where: str, key: str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {key}: {problem} {remedy}")
        self.where = where
        self.key = key
        self.problem = problem
        self.remedy = remedy


class UnknownRule(LawError):
    """No rule (or exception) has this id; ``near`` holds ids that look like it."""

    def __init__(self, what: str, wanted: str, known: Iterable[str]) -> None:
        self.near = tuple(get_close_matches(wanted, list(known), n=3, cutoff=0.5))
        hint = f" Did you mean {' or '.join(self.near)}?" if self.near else ""
        super().__init__(f"There is no {what} {wanted}.{hint}")
        self.wanted = wanted


class NoSuchLaw(LawError):
    """The rule was not law on a day: before its first version, or after it ended."""

    def __init__(self, rule: str, on: date, because: str) -> None:
        super().__init__(f"{rule} was not law on {on.isoformat()}: {because}")
        self.rule = rule
        self.on = on


class NotComputable(LawError):
    """No last day can be worked out from a rule."""

    def __init__(self, rule: str, because: str) -> None:
        super().__init__(f"{rule} has no last day that can be worked out: {because}")
        self.rule = rule


class MissingAnchor(NotComputable):
    """None of the days a rule counts from is given; ``anchors`` names them."""

    def __init__(self, rule: str, anchors: Iterable[str]) -> None:
        self.anchors = tuple(anchors)
        super().__init__(rule, f"it counts from {' or '.join(self.anchors)}, which isn't given.")
