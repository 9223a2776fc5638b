"""The templates of messages: plain text, tried with sample values before they are used.

A template is data that a process owner edits. Its first line is the subject, an empty line follows, the rest
is the text. It runs in Jinja2's sandbox and sees the fields of its kind and nothing else.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.letters.safety import LONGEST, breaches, is_endless
from engine.letters.sources import shown_in
from engine.wording.fields import FIELDS, kind_of, sample_of
from engine.wording.problems import WordingProblem, WordingRefused

#: How the names of templates end.
SUFFIX = ".txt"
#: What no field of a message is about.
_TELLS = re.compile(r"name|child|person|parent|family|birth|diagnos|document|address|upn|nhs")
#: What a template has besides its fields.
_GIVEN = frozenset({"loop"})
#: A subject that is longer is cut by mail programs.
_LONGEST_SUBJECT = 120


@dataclass(frozen=True)
class Written:
    """A message as it is read."""

    subject: str
    text: str


class Wordings:
    """The messages that can be written with some templates."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """`sources` are the templates' texts by their names."""
        self._sources = dict(sources)
        self._environment = environment()
        self._compiled: dict[str, tuple[Template, Template]] = {}
        self._guard = threading.Lock()

    def names(self) -> frozenset[str]:
        """The templates that there are."""
        return frozenset(self._sources)

    def write(self, wording: str, values: Mapping[str, Any]) -> Written:
        """Write a message.

        Args:
            values: what the template shows, as `engine.wording.values_of` gives it.

        Raises:
            WordingRefused: there is no such template, or it can't be written.
        """
        with self._guard:
            if wording not in self._compiled:
                self._compiled[wording] = self._compile(wording)
            compiled = self._compiled[wording]
        return _rendered(wording, compiled, values)

    def source(self, wording: str) -> str:
        """The text of a template.

        Raises:
            WordingRefused: there is no such template.
        """
        if wording not in self._sources:
            known = ", ".join(sorted(self._sources))
            raise WordingRefused(
                (WordingProblem(wording, None, "no-template", "There is none.", f"Use: {known}."),)
            )
        return self._sources[wording]

    def _compile(self, wording: str) -> tuple[Template, Template]:
        source = self.source(wording)
        found = tuple(problems(wording, source))
        if found:
            raise WordingRefused(found)
        subject, text = _parted(source)
        return self._environment.from_string(subject), self._environment.from_string(text)


def read_folder(folder: Path) -> dict[str, str]:
    """The templates of a folder: text by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob(f"*{SUFFIX}"))}


def problems(wording: str, source: str) -> Iterator[WordingProblem]:
    """What stops a template from being used; nothing if it can be.

    It is read, its fields are held against those of its kind, and it is written once with sample values.
    """
    if len(source) > LONGEST:
        message = f"It has {len(source)} letters; a template may have {LONGEST}."
        yield WordingProblem(wording, None, "too-long", message, "Shorten it.")
        return
    maker = environment()
    try:
        found = list(_as_it_stands(wording, source, maker.parse(source)))
    except TemplateSyntaxError as problem:
        yield WordingProblem(wording, problem.lineno, "no-template", f"{problem.message}.", "Correct it.")
        return
    except RecursionError:
        message = "It is nested too deeply."
        yield WordingProblem(wording, None, "no-template", message, "Write it more plainly.")
        return
    yield from found
    if found:
        return
    subject, text = _parted(source)
    try:
        _rendered(wording, (maker.from_string(subject), maker.from_string(text)), sample_of(wording))
    except (WordingRefused, TemplateError, SyntaxError, RecursionError) as refused:
        yield WordingProblem(wording, None, "cant-be-written", f"{refused}", "Correct it.")


def environment() -> ImmutableSandboxedEnvironment:
    """Where templates of messages run: plain text, nothing undefined, no reach outside."""
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )


def _as_it_stands(wording: str, source: str, tree: nodes.Template) -> Iterator[WordingProblem]:
    """What is wrong with a template before anything of it runs."""
    for breach in breaches(tree):
        yield WordingProblem(wording, breach.line, "unsafe", breach.message, breach.remedy)
    if is_endless(wording, {wording: tree}):
        message = "It comes to more than any message has."
        yield WordingProblem(wording, None, "endless", message, "Write fewer loops.")
    yield from _unknown(wording, tree)
    yield from _missing(wording, tree)
    yield from _badly_headed(wording, source)


def _unknown(wording: str, tree: nodes.Template) -> Iterator[WordingProblem]:
    known = FIELDS[kind_of(wording)]
    lines = {node.name: node.lineno for node in reversed(list(tree.find_all(nodes.Name)))}
    for name in sorted(shown_in(tree) - set(known) - _GIVEN):
        near = get_close_matches(name, known, n=1)
        remedy = f"Did you mean {near[0]}?" if near else f"Use: {', '.join(known)}."
        if _TELLS.search(name):
            remedy = "No message names anybody or tells what is in a document: take it away."
        message = f"No {kind_of(wording)} message has a field \u201c{name}\u201d."
        yield WordingProblem(wording, lines.get(name), "unknown-field", message, remedy)


def _missing(wording: str, tree: nodes.Template) -> Iterator[WordingProblem]:
    shown = shown_in(tree)
    for name, field in FIELDS[kind_of(wording)].items():
        if field.is_needed and name not in shown:
            message = f"It doesn't say \u201c{name}\u201d ({field.meaning.lower()})."
            yield WordingProblem(wording, None, "missing-field", message, "Add {{ " + name + " }}.")


def _badly_headed(wording: str, source: str) -> Iterator[WordingProblem]:
    subject, text = _parted(source)
    if not subject.strip():
        yield WordingProblem(wording, 1, "no-subject", "The first line is empty.", "Write the subject there.")
    elif source.splitlines()[1:2] not in ([""], []):
        yield WordingProblem(
            wording, 2, "no-subject", "The subject goes on.", "Write it in one line, then an empty one."
        )
    if not text.strip():
        yield WordingProblem(wording, None, "no-text", "There is no text.", "Write it below the subject.")


def _parted(source: str) -> tuple[str, str]:
    subject, _, text = source.partition("\n")
    return subject, text.lstrip("\n")


def _rendered(wording: str, compiled: tuple[Template, Template], values: Mapping[str, Any]) -> Written:
    try:
        subject, text = (part.render(values) for part in compiled)
    except (UndefinedError, SecurityError, TemplateError, TypeError, ValueError) as problem:
        raise WordingRefused(
            (WordingProblem(wording, None, "cant-be-written", f"{problem}.", "Correct it."),)
        ) from None
    return Written(" ".join(subject.split())[:_LONGEST_SUBJECT], text.strip() + "\n")
