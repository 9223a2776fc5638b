"""What is wrong with a template of a letter, said so that its owner can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LetterProblem:
    """One thing that stops a template.

    Attributes:
        file: the template that is to be corrected: a letter's own or a part that it shares.
        line: the line in it, the first being 1; None where it is about the whole.
        code: a stable name of the kind of problem.
        message: what is wrong.
        remedy: what to do.
    """

    file: str
    line: int | None
    code: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = self.file + (f", line {self.line}" if self.line is not None else "")
        return f"{where}: {self.message} {self.remedy}"


class LetterRefused(ValueError):
    """A letter that can't be written as it must be; the message says what is missing, and where to add it."""
