"""What is wrong with a template of a message, said so that its owner can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WordingProblem:
    """One thing that stops a template.

    Attributes:
        wording: the template's name.
        line: its line in the template, the first being 1; None where it is about the whole.
        code: a stable name of the kind of problem.
        message: what is wrong.
        remedy: what to do.
    """

    wording: str
    line: int | None
    code: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.wording}.txt" + (f", line {self.line}" if self.line is not None else "")
        return f"{where}: {self.message} {self.remedy}"


class WordingRefused(ValueError):
    """A message that can't be written with its template; `problems` say why."""

    def __init__(self, problems: tuple[WordingProblem, ...]) -> None:
        super().__init__(" ".join(str(each) for each in problems))
        self.problems = problems
