"""What is wrong with a diagram, or worth knowing about it, said element by element.

A finding is written for the person who drew the diagram: which element, what is the matter, what to do.
Checks collect all findings before a diagram is refused, so that one upload shows the whole list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One remark about one element of one file.

    Attributes:
        file: name of the file as it was given.
        element: id of the element; empty where the file as a whole is meant.
        severity: an error refuses the deployment, a warning does not.
        rule: stable short name of the rule, for lists and tests.
        message: what is the matter, in words of the trade.
        remedy: what the process owner can do about it.
    """

    file: str
    element: str
    severity: Severity
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.element}" if self.element else self.file
        return f"{place}: {self.message} {self.remedy}"


class DiagramRefused(Exception):
    """Files that cannot be deployed; ``findings`` holds every remark, warnings included."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [finding for finding in self.findings if finding.severity == "error"]
        super().__init__("\n".join(str(finding) for finding in errors))


class Report:
    """The findings of one file, in the order in which the checks came upon them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._findings: dict[Finding, None] = {}

    def error(self, element: str, rule: str, message: str, remedy: str) -> None:
        """Note something that refuses the file."""
        self._findings[Finding(self.file, element, "error", rule, message, remedy)] = None

    def warn(self, element: str, rule: str, message: str, remedy: str) -> None:
        """Note something that the process owner should know."""
        self._findings[Finding(self.file, element, "warning", rule, message, remedy)] = None

    def says(self, rule: str) -> bool:
        """Whether there is a finding of a rule."""
        return any(finding.rule == rule for finding in self._findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    @property
    def refuses(self) -> bool:
        """Whether any finding is an error."""
        return any(finding.severity == "error" for finding in self._findings)
