"""The templates of letters among some files: each can be written, for everybody, with the whole appeal pack.

A part that letters share is tried with every letter that uses it, also with those that ship.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import PurePath
from typing import Literal

from engine.definitions.letter_kinds import needs_of
from engine.definitions.vocabulary import vocabulary
from engine.letters import SUFFIX, LetterProblem, is_whole, parts_of, problems
from engine.spiff.findings import Finding


def letters_stand(files: Mapping[str, bytes], shipped: Mapping[str, str]) -> list[Finding]:
    """What stops a letter; a finding's element is the line that is meant.

    Args:
        files: any files by name; those that end in `.html` are templates.
        shipped: the templates that stand where none is given, by name.
    """
    given = tuple((name, bytes(text)) for name, text in files.items() if name.endswith(SUFFIX))
    return list(_found(given, tuple(shipped.items())))


@lru_cache(maxsize=16)  # a deployment tries the same letters as its dry run, while others wait for it
def _found(given: tuple[tuple[str, bytes], ...], shipped: tuple[tuple[str, str], ...]) -> tuple[Finding, ...]:
    files = dict(given)
    named = {PurePath(name).name: name for name in files}
    own: dict[str, str] = {}
    found: list[Finding] = []
    for flat, name in named.items():
        try:
            own[flat] = files[name].decode()
        except UnicodeDecodeError:
            found.append(
                _finding(name, "", "error", "no-text", "It isn't text in UTF-8.", "Save it as UTF-8.")
            )
    sources = {**dict(shipped), **own}
    touched = _touched(own, sources)
    found += [_unknown(named[flat], flat) for flat in own if is_whole(flat) and flat not in touched]
    for problem, kinds in _problems(touched, own, sources).items():
        found.append(_of(problem, kinds, named))
    found += _unused(own, touched, named)
    return tuple(found)


def _touched(own: Mapping[str, str], sources: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The letters that any of the given templates changes, each with the files that it is made of."""
    letters = {f"{kind}{SUFFIX}" for kind in vocabulary().letters} & sources.keys()
    made_of = {file: parts_of(file, sources) for file in sorted(letters)}
    return {file: parts for file, parts in made_of.items() if parts & own.keys()}


def _problems(
    touched: Mapping[str, frozenset[str]], own: Mapping[str, str], sources: Mapping[str, str]
) -> dict[LetterProblem, list[str]]:
    """Each problem once, told of a file that is given, with the letters that it stops."""
    found: dict[LetterProblem, list[str]] = {}
    for file, parts in touched.items():
        kind = file.removesuffix(SUFFIX)
        for problem in problems(kind, sources, needs_of(vocabulary().letters[kind])):
            given = problem.file in own
            blamed = problem if given else _blamed(problem, min(parts & own.keys()))
            found.setdefault(blamed, []).append(kind)
    return found


def _blamed(problem: LetterProblem, file: str) -> LetterProblem:
    """A problem of a file that isn't given, told of one that is."""
    if is_whole(problem.file):
        return replace(problem, file=file, line=None)
    place = problem.file if problem.line is None else f"{problem.file}, line {problem.line}"
    return replace(problem, file=file, line=None, message=f"In {place}: {problem.message}")


def _of(problem: LetterProblem, kinds: list[str], named: Mapping[str, str]) -> Finding:
    told = problem
    if not is_whole(problem.file):
        told = replace(problem, message=f"{problem.message} It stops {', '.join(kinds)}.")
    return finding_of(told, named[problem.file])


def finding_of(problem: LetterProblem, file: str) -> Finding:
    """A problem as a finding of a file; its element is the line."""
    place = "" if problem.line is None else f"line {problem.line}"
    return _finding(file, place, "error", problem.code, problem.message, problem.remedy)


def _unknown(name: str, flat: str) -> Finding:
    kind = flat.removesuffix(SUFFIX)
    near = get_close_matches(kind, vocabulary().letters, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(vocabulary().letters)}."
    return _finding(name, "", "error", "unknown", f"No notice is called \u201c{kind}\u201d.", remedy)


def _unused(
    own: Mapping[str, str], touched: Mapping[str, frozenset[str]], named: Mapping[str, str]
) -> Iterator[Finding]:
    used = frozenset[str]().union(*touched.values())
    for flat in own:
        if not is_whole(flat) and flat not in used:
            message, remedy = "No letter includes this part.", "Include it, or take it away."
            yield _finding(named[flat], "", "warning", "part-unused", message, remedy)


def _finding(
    file: str, place: str, severity: Literal["error", "warning"], code: str, message: str, remedy: str
) -> Finding:
    return Finding(file, place, severity, f"letter-{code}", message, remedy)
