"""The letters that can be written with some templates: compiled once, versioned, and held to the appeal pack.

A template is data that a process owner edits. It runs in Jinja2's sandbox, with everything escaped and
nothing undefined, and sees the values it is given and no more.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from jinja2 import Template

from engine.letters.checks import FAILURES, problems, readings
from engine.letters.environment import environment
from engine.letters.fields import Needs
from engine.letters.pack import CONTACTS, missing_parts
from engine.letters.problems import LetterProblem, LetterRefused
from engine.letters.sources import SUFFIX, Sources, kinds_of, version_of

#: Where the templates that ship lie, as their owners know it.
_SHIPPED = "bpmn/notices/"


@dataclass(frozen=True)
class Letter:
    """A letter as it is sent, and the version of the template that it was written with."""

    html: str
    template_version: str


@dataclass(frozen=True)
class _Compiled:
    template: Template
    version: str


class Letters:
    """The letters that can be written with some templates; threads may share it."""

    def __init__(self, sources: Sources, deployed: Set[str] = frozenset()) -> None:
        """`sources` are texts by the names of their files, `deployed` those that an authority deployed."""
        self.sources = dict(sources)
        self.deployed = frozenset(deployed)
        self._environment = environment(self.sources)
        self._compiled: dict[str, _Compiled] = {}
        self._problems: dict[str, list[LetterProblem]] = {}
        self._guard = threading.Lock()

    def kinds(self) -> list[str]:
        """The kinds of notice that there is a template for."""
        return kinds_of(self.sources)

    def version(self, kind: str) -> str:
        """What identifies the template of a kind, with the parts that all templates share."""
        return version_of(self.sources, kind)

    def problems(self, kind: str, needs: Needs) -> list[LetterProblem]:
        """What would stop a kind of letter; looked for once."""
        if kind not in self._problems:
            self._problems[kind] = problems(kind, self.sources, needs)
        return self._problems[kind]

    def write(self, kind: str, values: Mapping[str, Any], *, appealable: bool) -> Letter:
        """Write a letter.

        Args:
            kind: the kind of notice; its template is `<kind>.html`.
            values: what the template shows, as `SAMPLE` names it.
            appealable: whether it must carry the whole appeal pack.

        Raises:
            LetterRefused: there is no such template, it lacks a part of the pack, it asks for a value that
                isn't there, or the authority hasn't given a contact that a letter must name.
        """
        compiled = self._of(kind)
        contacts = _Contacts(kind, values["contacts"])
        if appealable:
            contacts.require_all()
        given = {**values, "contacts": contacts}
        html = self._rendered(kind, compiled.template, given)
        if appealable:
            self._hold_to_the_pack(kind, html, given)
        return Letter(html, compiled.version)

    def _hold_to_the_pack(self, kind: str, html: str, values: Mapping[str, Any]) -> None:
        lacks = "; ".join(f"{part.title} ({part.name})" for part in missing_parts(html, values))
        if lacks:
            raise LetterRefused(
                f"The notice {kind} can't be sent: its template lacks {lacks}."
                f" Add each in {self._shown(kind)}, in an element with that data-part.{self._then(kind)}"
            )

    def _of(self, kind: str) -> _Compiled:
        with self._guard:
            if kind not in self._compiled:
                self._compiled[kind] = self._compile(kind)
            return self._compiled[kind]

    def _compile(self, kind: str) -> _Compiled:
        file = f"{kind}{SUFFIX}"
        if file not in self.sources:
            raise LetterRefused(f"The notice {kind} can't be sent: there is no {self._shown(kind)}. Add it.")
        found = readings(file, self.sources)
        if found:
            said = " ".join(str(each) for each in found)
            raise LetterRefused(
                f"The notice {kind} can't be sent: {self._shown(kind)} can't be used. {said}"
                f"{self._then(kind)}"
            )
        try:
            return _Compiled(self._environment.get_template(file), self.version(kind))
        except FAILURES as problem:
            raise LetterRefused(
                f"{self._shown(kind)} isn't a template: {problem}. Correct it.{self._then(kind)}"
            ) from None

    def _rendered(self, kind: str, template: Template, values: Mapping[str, Any]) -> str:
        try:
            return template.render(values)
        except LetterRefused:
            raise
        except FAILURES as problem:
            raise LetterRefused(
                f"The notice {kind} can't be sent: {self._shown(kind)} can't be written: {problem}."
                f"{self._then(kind)}"
            ) from None

    def _shown(self, kind: str) -> str:
        """Where a template is found, without what is above the diagrams on this machine."""
        return f"{'' if self._is_own(kind) else _SHIPPED}{kind}{SUFFIX}"

    def _then(self, kind: str) -> str:
        """What is to be done once it is corrected."""
        return " Then deploy it." if self._is_own(kind) or self.deployed else ""

    def _is_own(self, kind: str) -> bool:
        return f"{kind}{SUFFIX}" in self.deployed


class _Contacts(dict[str, str]):
    """An authority's contacts by code; one that it hasn't said refuses the letter that names it."""

    def __init__(self, kind: str, contacts: Mapping[str, str]) -> None:
        super().__init__({code: value for code, value in contacts.items() if value})
        self._kind = kind

    def __missing__(self, code: str) -> str:
        raise self.refused([code])

    def require_all(self) -> None:
        """See to it that every contact of the appeal pack is there."""
        missing = [code for code in CONTACTS if code not in self]
        if missing:
            raise self.refused(missing)

    def refused(self, codes: Sequence[str]) -> LetterRefused:
        """What to say when contacts are missing."""
        said = "; ".join(f"{code}, {CONTACTS.get(code, 'which no letter may name')}" for code in codes)
        return LetterRefused(
            f"The notice {self._kind} can't be sent: the authority hasn't said {said}."
            " An administrator adds it with PUT /contacts."
        )
