"""The templates of messages among some files: each can be written, and asks for nothing of anybody's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from engine.spiff.findings import Finding
from engine.wording import SUFFIX, problems

#: The outbox keeps the name.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


def wordings_stand(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """What stops a template; a finding's element is the line that is meant."""
    for name, content in files.items():
        if name.endswith(SUFFIX):
            yield from _of_template(name, content)


def _of_template(file: str, content: bytes) -> Iterator[Finding]:
    wording = PurePath(file).stem
    if _NAME.fullmatch(wording) is None:
        message = f"A message can't be called \u201c{wording}\u201d."
        yield _finding(file, "", "wording-name", message, "Use small letters, digits and _, at most 60.")
    try:
        source = content.decode()
    except UnicodeDecodeError:
        yield _finding(file, "", "wording-no-text", "It isn't text in UTF-8.", "Save it as UTF-8.")
        return
    for each in problems(wording, source):
        place = "" if each.line is None else f"line {each.line}"
        yield _finding(file, place, f"wording-{each.code}", each.message, each.remedy)


def _finding(file: str, place: str, rule: str, message: str, remedy: str) -> Finding:
    return Finding(file, place, "error", rule, message, remedy)
