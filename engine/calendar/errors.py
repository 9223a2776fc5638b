"""What goes wrong with a calendar's data, in words for whoever keeps it."""

from __future__ import annotations


class CalendarRefused(ValueError):
    """Calendar data that cannot be right.

    Args:
        where: the file, list or setting the data came from.
        key: the entry at fault.
        problem: what is wrong with it.
        remedy: what to write instead.
    """

    def __init__(self, where: str, key: str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {key}: {problem} {remedy}")
        self.where = where
        self.key = key
        self.problem = problem
        self.remedy = remedy
