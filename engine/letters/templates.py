"""The templates of a folder: compiled once, versioned by their content, and held to the appeal pack.

A template is data that a process owner edits. It runs in Jinja2's sandbox, with everything escaped and
nothing undefined, and sees the values it is given and no more.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    UndefinedError,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.letters.pack import CONTACTS, missing_parts

#: Letters and digits of a template's version.
_VERSION_LENGTH = 12
#: Templates whose name begins so are parts of others.
_SHARED = "_"


class LetterRefused(ValueError):
    """A letter that can't be written as it must be; the message says what is missing, and where to add it."""


@dataclass(frozen=True)
class Letter:
    """A letter as it is sent, and the version of the template that it was written with."""

    html: str
    template_version: str


@dataclass(frozen=True)
class _Compiled:
    template: Template
    version: str
    lacks: tuple[str, ...]


class Letters:
    """The letters that can be written with the templates of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._compiled: dict[str, _Compiled] = {}
        self._guard = threading.Lock()

    def kinds(self) -> list[str]:
        """The kinds of notice that there is a template for."""
        paths = self._folder.glob("*.html")
        return sorted(path.stem for path in paths if not path.stem.startswith(_SHARED))

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
        if appealable and compiled.lacks:
            raise LetterRefused(
                f"The notice {kind} can't be sent: its template lacks {'; '.join(compiled.lacks)}."
                f" Add each in {self._shown(kind)}, in an element with that data-part."
            )
        contacts = _Contacts(kind, values["contacts"])
        if appealable:
            contacts.require_all()
        html = self._rendered(kind, compiled.template, {**values, "contacts": contacts})
        return Letter(html, compiled.version)

    def _of(self, kind: str) -> _Compiled:
        with self._guard:
            if kind not in self._compiled:
                self._compiled[kind] = self._compile(kind)
            return self._compiled[kind]

    def _compile(self, kind: str) -> _Compiled:
        try:
            template = self._environment.get_template(f"{kind}.html")
        except TemplateNotFound:
            raise LetterRefused(
                f"The notice {kind} can't be sent: there is no {self._shown(kind)}. Add it."
            ) from None
        except TemplateError as problem:
            raise LetterRefused(f"{self._shown(kind)} isn't a template: {problem}. Correct it.") from None
        sample = self._rendered(kind, template, SAMPLE)
        lacks = tuple(f"{part.title} ({part.name})" for part in missing_parts(sample, _SHOWN))
        return _Compiled(template, self._version(kind), lacks)

    def _rendered(self, kind: str, template: Template, values: Mapping[str, Any]) -> str:
        try:
            return template.render(values)
        except (UndefinedError, SecurityError, TemplateError, TypeError) as problem:
            raise LetterRefused(
                f"The notice {kind} can't be sent: {self._shown(kind)} can't be written: {problem}."
            ) from None

    def _version(self, kind: str) -> str:
        """What identifies a template: a hash over it and the parts that all templates share."""
        whole = hashlib.sha256()
        for path in [*sorted(self._folder.glob(f"{_SHARED}*.html")), self._file(kind)]:
            whole.update(path.read_bytes())
        return whole.hexdigest()[:_VERSION_LENGTH]

    def _file(self, kind: str) -> Path:
        return self._folder / f"{kind}.html"

    def _shown(self, kind: str) -> str:
        """Where a template belongs, without what is above the diagrams on this machine."""
        return f"{self._folder.parent.name}/{self._folder.name}/{kind}.html"


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


#: A value for everything that a template may show; templates are tried with it before they are used.
SAMPLE: Mapping[str, Any] = {
    "authority": "Sample Council",
    "reference": "1024",
    "child": "Robin Sample",
    "reader": "parent",
    "addressee": "The parents of Robin Sample",
    "who": "Robin",
    "whose": "Robin\u2019s",
    "sent": "2 November 2026",
    "answer_until": "16 November 2026",
    "appeal_section": "51(2)(a)",
    "decide_until": "14 December 2026",
    "appeal_until": "4 January 2027",
    "appeal_within": "62 days",
    "certificate_within": "31 days",
    "mediation_until": "2 January 2027",
    "mediation_within": "61 days",
    "certificate_free": False,
    "reasons": [{"title": "Why", "paragraphs": ["Because of the sample."]}],
    "amendments": [
        {"section": "F", "title": "Sample section", "removed": ["What was."], "added": ["What is new."]}
    ],
    "contacts": {code: f"Sample {code}" for code in CONTACTS},
}
_SHOWN: Mapping[str, str] = {
    **SAMPLE["contacts"],
    **{name: value for name, value in SAMPLE.items() if isinstance(value, str)},
    "reasons": "Because of the sample.",
}
