"""Which files of a folder belong together: by what they call, start and ask, as far as a glance can tell.

A folder may hold many diagrams, some of them copies of each other. What has nothing to do with the files that
somebody looks at is left alone: it costs time, and its mistakes and names are not theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

Siblings = Callable[[], Mapping[str, bytes]]
SOMETHING = b"="
"""Stands among the names for one that only running the diagram tells."""
_RUN = (".bpmn", ".dmn")
_NAMING = re.compile(rb"""\b(?:calledElement|processId|decisionId)\s*=\s*["']([^"']+)["']""")
_STARTING = re.compile(rb"""<[^<>]*\btarget\s*=\s*["']processId["'][^<>]*>""")
_LITERAL = re.compile(rb"(?:&#34;|&quot;|(?<==)\"|(?<==')\")([\w.-]+)(?:&#34;|&quot;|\")")
_DEFINING = re.compile(rb"<(?:[\w.-]+:)?(process|decision|decisionService)\s[^>]*>")
_IDENTIFYING = re.compile(rb"""\b(?:id|name)\s*=\s*["']([^"']+)["']""")


def needed(given: Mapping[str, bytes], siblings: Siblings) -> dict[str, bytes]:
    """The siblings that define what is named; all of them where only running tells what is named."""
    files, added = dict(given), dict[str, bytes]()
    while missing := _named(files.values()) - _defined(files.values()):
        found = _defining(missing, _others(siblings(), files))
        if not found:
            break
        files |= found
        added |= found
    return added


def related(given: Mapping[str, bytes], alongside: Mapping[str, bytes]) -> dict[str, bytes]:
    """What the given files need, and the diagrams that call or start them, near or far.

    A file that holds one of the given processes itself is another version of it, and no relation.
    """
    own = _processes(given.values())
    others = {name: text for name, text in alongside.items() if not _processes([text]) & own}
    callers = dict[str, bytes]()
    while found := _naming(_processes([*given.values(), *callers.values()]), _others(others, callers)):
        callers |= found
    return callers | needed({**given, **callers}, lambda: others)


def _others(siblings: Mapping[str, bytes], files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: text for name, text in siblings.items() if name.endswith(_RUN) and name not in files}


def _defining(missing: set[bytes], beside: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that define what is missing, the first of several."""
    if SOMETHING in missing:
        return dict(beside)
    found, left = dict[str, bytes](), set(missing)
    for name, text in beside.items():
        if left & (defined := _defined([text])):
            found[name] = text
            left -= defined
    return found


def _naming(wanted: set[bytes], beside: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: text for name, text in beside.items() if _named([text]) & wanted}


def _named(contents: Iterable[bytes]) -> set[bytes]:
    found = set[bytes]()
    for content in contents:
        names = {SOMETHING if name.startswith(b"=") else name for name in _NAMING.findall(content)}
        for mapping in _STARTING.findall(content):
            names.update(_LITERAL.findall(mapping) or [SOMETHING])
        found |= names
    return found


def _defined(contents: Iterable[bytes]) -> set[bytes]:
    return {name for content in contents for tag in _DEFINING.finditer(content) for name in _names(tag[0])}


def _processes(contents: Iterable[bytes]) -> set[bytes]:
    tags = (tag for content in contents for tag in _DEFINING.finditer(content) if tag[1] == b"process")
    return {name for tag in tags for name in re.findall(rb"""\bid\s*=\s*["']([^"']+)["']""", tag[0])}


def _names(tag: bytes) -> list[bytes]:
    return _IDENTIFYING.findall(tag)
