"""What another template of a letter or message changes: what it no longer says, and what it says now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.definitions.comparing.changes import Change, Sort
from engine.definitions.vocabulary import vocabulary
from engine.letters import APPEAL_PACK, is_whole, parts_of
from engine.letters import SUFFIX as LETTER
from engine.letters.telling import Told, told_by
from engine.wording import SUFFIX as MESSAGE

#: How the names of templates end.
TEMPLATES = (LETTER, MESSAGE)
_LONGEST = 300
_TITLES = {part.name: part.title for part in APPEAL_PACK}
_NOTHING = Told((), (), ())


def template_changes(
    name: str, before: bytes | None, after: bytes | None, beside: Iterable[str]
) -> Iterator[Change]:
    """How a template changes, in sentences.

    Args:
        name: the name of its file.
        before: what stands now, deployed or shipped; None: nothing.
        after: what would stand; None: it would be gone.
        beside: the letters that use it, where it's a part that letters share.
    """
    subject = _subject(name, beside)
    if before is None or after is None:
        sort: Sort = "added" if before is None else "removed"
        yield Change(name, "", "", sort, f"{subject} is {'new' if before is None else 'gone'}.")
        return
    old, new = (_told(name, content) for content in (before, after))
    changes = list(_between(name, subject, old, new))
    yield from changes
    if not changes and before != after:
        yield Change(name, "", "", "changed", f"{subject} is set otherwise; it says the same.")


def letters_using(name: str, files: Mapping[str, bytes], shipped: Mapping[str, bytes]) -> list[str]:
    """The letters that use a part that letters share; none for any other file."""
    if is_whole(name) or not name.endswith(LETTER):
        return []
    sources = {
        file: content.decode(errors="replace")
        for file, content in {**shipped, **files}.items()
        if file.endswith(LETTER)
    }
    kinds = [kind for kind in vocabulary().letters if f"{kind}{LETTER}" in sources]
    return [kind for kind in kinds if name in parts_of(f"{kind}{LETTER}", sources)]


def _subject(name: str, beside: Iterable[str]) -> str:
    if name.endswith(MESSAGE):
        return f"The message {name.removesuffix(MESSAGE)}"
    if is_whole(name):
        return f"The letter {name.removesuffix(LETTER)}"
    used = ", ".join(beside)
    return f"The part {name} of letters" + (f" ({used})" if used else "")


def _told(name: str, content: bytes) -> Told:
    try:
        return told_by(content.decode(), is_html=name.endswith(LETTER))
    except UnicodeDecodeError:
        return _NOTHING


def _between(name: str, subject: str, old: Told, new: Told) -> Iterator[Change]:
    for part in _without(old.parts, new.parts):
        text = f"{subject} no longer has the part {part} ({_TITLES.get(part, 'of your own')})."
        yield Change(name, "", part, "removed", text)
    for part in _without(new.parts, old.parts):
        text = f"{subject} has now the part {part} ({_TITLES.get(part, 'of your own')})."
        yield Change(name, "", part, "added", text)
    for field in _without(old.fields, new.fields):
        yield Change(name, "", field, "removed", f"{subject} no longer shows {field}.")
    for field in _without(new.fields, old.fields):
        yield Change(name, "", field, "added", f"{subject} shows now {field}.")
    for said in _without(old.sentences, new.sentences):
        yield Change(name, "", "", "removed", f"{subject} no longer says: \u201c{_short(said)}\u201d")
    for said in _without(new.sentences, old.sentences):
        yield Change(name, "", "", "added", f"{subject} says now: \u201c{_short(said)}\u201d")


def _without(these: tuple[str, ...], those: tuple[str, ...]) -> list[str]:
    return [each for each in these if each not in set(those)]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\u2026"
