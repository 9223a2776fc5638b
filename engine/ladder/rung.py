"""What one row of a ladder says: who is told, at which level, by which way and in which words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rung:
    """Who is to hear of a limit, from some day on.

    Attributes:
        level: how high it has come; one of `LEVELS`.
        roles: who is told, each one of `ROLES`, without repetition.
        channel: by which way where its person chose none; `digest` waits for the next working morning.
        wording: the name of the message's template.
        row: the row's id in the table, which trails quote.
        row_number: its number as editors show it, from 1.
        description: the words beside the row; may be empty.
    """

    level: str
    roles: tuple[str, ...]
    channel: str
    wording: str
    row: str
    row_number: int
    description: str
