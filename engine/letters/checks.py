"""What stops a kind of letter from being written, found before the day on which it is to be sent.

The template and all that it shares are read; what they name is held against the fields of the kind; then it
is written with each of several samples, and what comes out is held to the appeal pack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from engine.letters.environment import environment, place_of
from engine.letters.fields import ALL_FIELDS, Needs, fields_of, samples_of
from engine.letters.markup import faults
from engine.letters.pack import CONTACTS, missing_parts
from engine.letters.problems import LetterProblem
from engine.letters.safety import LONGEST, breaches, is_endless
from engine.letters.sources import SUFFIX, Sources, named_in, shown_in

#: What writing a template may fail with, besides what its own language calls an error.
FAILURES = (TemplateError, TypeError, ValueError, AttributeError, KeyError, SyntaxError, RecursionError)
_GIVEN = frozenset({"self", "loop", "super"})


def problems(kind: str, sources: Sources, needs: Needs) -> list[LetterProblem]:
    """What stops a kind of letter, each named once; nothing if it can be written for everybody.

    Args:
        sources: its template, and those that it may share.
        needs: what letters of the kind are about.
    """
    read = _Read.of(f"{kind}{SUFFIX}", sources)
    found = [*read.problems, *(each for file in read.trees for each in _unknown(file, read, needs))]
    return list(dict.fromkeys(found or _written(kind, sources, needs)))


def readings(file: str, sources: Sources) -> Sequence[LetterProblem]:
    """What is wrong with a template and all that it shares as they stand, before anything is written."""
    return _Read.of(file, sources).problems


def parts_of(file: str, sources: Sources) -> frozenset[str]:
    """The files that a template is made of, itself included, as far as they can be read."""
    return _Read.of(file, sources).files


@dataclass(frozen=True)
class _Read:
    """A template and all that it shares, read; and what is wrong with them as they stand."""

    files: frozenset[str]
    trees: Mapping[str, nodes.Template]
    problems: tuple[LetterProblem, ...]

    @classmethod
    def of(cls, file: str, sources: Sources) -> _Read:
        maker, trees, found = environment(sources), dict[str, nodes.Template](), list[LetterProblem]()
        files, waiting = {file}, [file]
        while waiting:
            name = waiting.pop()
            try:
                tree = _parsed(maker, name, sources[name])
                parts = {part for part, _ in named_in(tree) if part is not None and part in sources} - files
                found += _as_it_stands(name, tree, sources)
            except _Unreadable as unreadable:
                found.append(unreadable.problem)
            except RecursionError:
                found.append(_too_deep(name))
            else:
                trees[name] = tree
                files |= parts
                waiting += sorted(parts)
        if not found:
            found += _endless(file, trees)
        return cls(frozenset(files), trees, tuple(found))


class _Unreadable(Exception):
    def __init__(self, problem: LetterProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def _parsed(maker: SandboxedEnvironment, file: str, text: str) -> nodes.Template:
    if len(text) > LONGEST:
        message = f"It has {len(text)} letters; a template may have {LONGEST}."
        raise _Unreadable(LetterProblem(file, None, "too-long", message, "Shorten it, or share parts."))
    try:
        return maker.parse(text, file, file)
    except TemplateSyntaxError as problem:
        said = f"{problem.message}"
        raise _Unreadable(
            LetterProblem(file, problem.lineno, "no-template", f"{said}.", "Correct it.")
        ) from None
    except RecursionError:
        raise _Unreadable(_too_deep(file)) from None


def _endless(file: str, trees: Mapping[str, nodes.Template]) -> Iterator[LetterProblem]:
    try:
        if not is_endless(file, trees):
            return
    except RecursionError:
        yield _too_deep(file)
        return
    message = "It leads back to itself, or comes to more than any letter has."
    yield LetterProblem(file, None, "endless", message, "Include each part once.")


def _too_deep(file: str) -> LetterProblem:
    return LetterProblem(file, None, "no-template", "It is nested too deeply.", "Write it more plainly.")


def _as_it_stands(file: str, tree: nodes.Template, sources: Sources) -> Iterator[LetterProblem]:
    for part, line in named_in(tree):
        yield from _of_part(file, part, line, sources)
    for breach in breaches(tree):
        yield LetterProblem(file, breach.line, "unsafe", breach.message, breach.remedy)


def _of_part(file: str, part: str | None, line: int, sources: Sources) -> Iterator[LetterProblem]:
    if part is None:
        message = "The name of a shared part must be written out."
        yield LetterProblem(file, line, "unnamed-part", message, "Write it in quotes.")
    elif part not in sources:
        known = [name for name in sources if name.startswith("_")]
        near = get_close_matches(part, known, n=1)
        remedy = (
            f"Did you mean {near[0]}?" if near else f"Deploy it with this one, or use: {', '.join(known)}."
        )
        if "/" in part or "\\" in part:
            remedy = "A shared part lies beside the letter: write its name alone."
        yield LetterProblem(
            file, line, "no-such-part", f"There is no shared part \u201c{part}\u201d.", remedy
        )


def _unknown(file: str, read: _Read, needs: Needs) -> Iterator[LetterProblem]:
    """Fields that letters of the kind aren't given, and contacts that there aren't."""
    tree, known = read.trees[file], fields_of(needs)
    own = {
        node.name for each in read.trees.values() for node in each.find_all(nodes.Name) if node.ctx == "store"
    }
    lines = {node.name: node.lineno for node in reversed(list(tree.find_all(nodes.Name)))}
    for name in sorted(shown_in(tree) - set(known) - own - _GIVEN):
        if not _is_only_asked(tree, name):
            yield LetterProblem(file, lines.get(name), "unknown-field", *_of_field(name))
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        code = _contact_in(node)
        if code is not None and code not in CONTACTS:
            near = get_close_matches(code, CONTACTS, n=1)
            remedy = f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(CONTACTS)}."
            message = f"No authority says a contact \u201c{code}\u201d."
            yield LetterProblem(file, node.lineno, "unknown-contact", message, remedy)


def _of_field(name: str) -> tuple[str, str]:
    if name in ALL_FIELDS:
        message = f"This kind of letter isn't given \u201c{name}\u201d ({ALL_FIELDS[name].meaning.lower()})."
        return message, "Take it away: the law sets no such day here."
    near = get_close_matches(name, ALL_FIELDS, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Use: {', '.join(fields_of(Needs()))}."
    return f"No letter has a field \u201c{name}\u201d.", remedy


def _is_only_asked(tree: nodes.Template, name: str) -> bool:
    """Whether a template does no more with a field than asking whether there is one (`is defined`)."""
    uses = [node for node in tree.find_all(nodes.Name) if node.name == name]
    asked = [test.node for test in tree.find_all(nodes.Test) if test.name in ("defined", "undefined")]
    return all(any(use is each for each in asked) for use in uses)


def _contact_in(node: nodes.Expr) -> str | None:
    if not isinstance(node, (nodes.Getattr, nodes.Getitem)):
        return None
    if not (isinstance(node.node, nodes.Name) and node.node.name == "contacts"):
        return None
    if isinstance(node, nodes.Getattr):
        return node.attr
    return str(node.arg.value) if isinstance(node.arg, nodes.Const) else None


def _written(kind: str, sources: Sources, needs: Needs) -> Iterator[LetterProblem]:
    """What goes wrong when a letter is written with samples."""
    file = f"{kind}{SUFFIX}"
    maker = environment(sources)
    for values in samples_of(needs):
        try:
            page = maker.get_template(file).render(values)
        except FAILURES as problem:
            place, line = place_of(problem, sources, file)
            yield LetterProblem(place, line, "cant-be-written", f"{_words(problem)}.", "Correct it.")
            continue
        if needs.appealable:
            yield from _lacking(kind, page, values)
        yield from _unfit(file, page, sources)


def _words(problem: BaseException) -> str:
    return "It is nested too deeply" if isinstance(problem, RecursionError) else f"{problem}".rstrip(".")


def _lacking(kind: str, page: str, values: Mapping[str, Any]) -> Iterator[LetterProblem]:
    for part in missing_parts(page, values):
        message = f"The appeal pack lacks {part.title} ({part.name})."
        shows = " and ".join("{{ " + (f"contacts.{n}" if n in CONTACTS else n) + " }}" for n in part.shows)
        where = f'Add an element with data-part="{part.name}"'
        remedy = f"{where} to the letter or to a part that it includes{_that(shows)}."
        yield LetterProblem(f"{kind}{SUFFIX}", None, "pack-lacks-a-part", message, remedy)


def _that(shows: str) -> str:
    return f"; it must show {shows}" if shows else ""


def _unfit(file: str, page: str, sources: Sources) -> Iterator[LetterProblem]:
    for wanted, message, remedy in faults(page):
        place, line = _found(wanted, file, sources)
        yield LetterProblem(place, line, "unfit-markup", message, remedy)


def _found(wanted: str, file: str, sources: Sources) -> tuple[str, int | None]:
    """Where a template says something; the letter itself where it isn't found as it stands."""
    for name in [file, *sorted(parts_of(file, sources) - {file})] if wanted else ():
        for number, line in enumerate(sources[name].splitlines(), start=1):
            if wanted in line.lower():
                return name, number
    return file, None
