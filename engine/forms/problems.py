"""What can be wrong with a form document, in words for the person who drew it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.errors import EhcError

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class FormProblem:
    """One finding in a form document.

    Attributes:
        component: id of the component it is about, empty for the form as a whole.
        severity: an ``error`` keeps the form from being deployed, a ``warning`` does not.
        rule: stable name of the check, for example ``form-missing-label``.
        message: what is wrong, and where.
        remedy: what to do about it.
    """

    component: str
    severity: Severity
    rule: str
    message: str
    remedy: str


class FormRefused(EhcError):
    """A form document that can't be used; ``problems`` holds every finding, warnings included."""

    code = "form_refused"

    def __init__(self, name: str, problems: Sequence[FormProblem]) -> None:
        errors = [problem for problem in problems if problem.severity == "error"]
        super().__init__(f"The form {name} has {len(errors)} error(s). The first: {errors[0].message}")
        self.name = name
        self.problems = tuple(problems)


def error(component: str, rule: str, message: str, remedy: str) -> FormProblem:
    """A finding that keeps the form from being deployed."""
    return FormProblem(component, "error", f"form-{rule}", message, remedy)


def warning(component: str, rule: str, message: str, remedy: str) -> FormProblem:
    """A finding that the process owner should look at, and may leave."""
    return FormProblem(component, "warning", f"form-{rule}", message, remedy)
