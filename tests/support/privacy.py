"""What no message may tell, gathered from a database; and where some texts tell it all the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import etree
from sqlalchemy import select

from engine.application import Engine
from engine.letters import in_words
from engine.store import tables
from engine.store.plan_tables import family_member
from tests.support.sources import ROOT

#: Words of ours that some form offers too: of what helps in an early warning, a citation and an occurrence.
_OURS = frozenset({"capacity", "good", "therapies"})
#: Longer answers are free text, whoever else uses the words one by one.
_SHORT = 3
_WORD = re.compile(r"\w+")
_NUMBER, _DAY, _PATH = r"\d+", r"\d{4}-\d\d-\d\d", r"/[a-z]+(/\d+(/[a-z]+/\d+)?)?"
_CODE = r"[a-z0-9_]*"
#: What a body may hold, and in which form; where none is given, sentences of the product that are grepped.
FORMS: Mapping[str, str | None] = {
    "case": _NUMBER,
    "citation": None,
    "day": _DAY,
    "deliveryKey": _NUMBER,
    "dueOn": _DAY,
    "escalation": _NUMBER,
    "level": _CODE,
    "link": _PATH,
    "madeOn": _DAY,
    "notice": _CODE,
    "noticeKey": _NUMBER,
    "occurrence": r"[a-z0-9_:-]*",
    "organisation": r"[a-z_]+(:\d{6})?",
    "reason": r"nearing|missed",
    "rule": _CODE,
    "sentOn": _DAY,
    "step": None,
    "task": _NUMBER,
    "title": None,
    "whatToDo": None,
}
#: Of these a body holds plain numbers, or what is looked through in its turn.
_OTHERS = frozenset({"count", "days", "groups", "likelihood", "lines", "more"})


def strings(value: Any) -> Iterator[str]:
    """Every text in some JSON."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


def people(engine: Engine) -> set[str]:
    """Names, birthdays, numbers and addresses of everybody whom the database knows."""
    found: set[Any] = set()
    with engine.database.read() as connection:
        for child in connection.execute(select(tables.child)):
            born = child.date_of_birth
            found |= {child.given_name, child.family_name, child.upn, child.nhs_number, child.reference}
            found |= {born.isoformat(), in_words(born), f"{born:%d/%m/%Y}", f"{born:%d.%m.%Y}"}
        for member in connection.execute(select(family_member)):
            found |= {member.name, member.email, *(member.address or "").splitlines()}
        for person in connection.execute(select(tables.person)):
            found |= {person.name, *person.name.split()[1:], person.email}
    return {str(each).strip() for each in found if each}


def answers(engine: Engine) -> set[str]:
    """Whatever was written or chosen in a form, in small letters, but for words that the product says itself."""
    found: set[str] = set()
    with engine.database.read() as connection:
        contents = connection.execute(select(tables.document.c.content)).scalars().all()
        codes = set(connection.execute(select(tables.organisation.c.code)).scalars())
    for content in contents:
        if content.startswith("{"):
            found |= {line.strip() for text in strings(json.loads(content)) for line in text.splitlines()}
    own = _own_words(engine) | {code.casefold() for code in codes}
    return {text for each in found if _tells(text := each.casefold(), own)}


def _tells(text: str, own: Iterable[str]) -> bool:
    """Whether an answer tells something: dates and numbers alone are those of the case's own limits too."""
    words = _WORD.findall(text)
    if not any(character.isalpha() for character in text):
        return False
    return len(words) > _SHORT or (not set(words) <= set(own) and text not in own)


def _own_words(engine: Engine) -> set[str]:
    """Every word of the shipped templates, of what is drawn in the diagrams, and of limits and their law."""
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "bpmn").rglob("*.txt")]
    for diagram in (ROOT / "bpmn").rglob("*.bpmn"):
        texts += map(str, etree.parse(diagram).xpath("//@name"))
    texts += [f"{rule.title}" for rule in engine.statute.rules.values()]
    return {*_OURS, *(word for text in texts for word in _WORD.findall(text.casefold()))}


def told(hidden: Iterable[str], texts: Iterable[str]) -> list[str]:
    """Which of the hidden words stand in a line of the texts, as words of their own; of several lines, the longest."""
    hidden = {max(each.splitlines(), key=len, default="") for each in hidden} - {""}
    lines = {line for text in texts for line in text.splitlines()}
    known = {word for line in lines for word in _WORD.findall(line)}
    likely = sorted(each for each in hidden if set(_WORD.findall(each)) <= known)
    whole = "\n".join(sorted(lines))
    return [each for each in likely if each in whole and re.search(rf"(?<!\w){re.escape(each)}(?!\w)", whole)]


def misplaced(body: Any) -> list[str]:
    """What a message's body holds that none may: keys that aren't known, values of another form."""
    if isinstance(body, list):
        return [fault for each in body for fault in misplaced(each)]
    if not isinstance(body, dict):
        return []
    found = []
    for key, value in body.items():
        form = FORMS.get(key)
        if key not in FORMS and key not in _OTHERS:
            found.append(key)
        elif (key in _OTHERS and isinstance(value, str)) or (
            form is not None and value is not None and not re.fullmatch(form, str(value))
        ):
            found.append(f"{key}={value}")
        found += misplaced(value)
    return found
