"""The templates of letters that stand for an authority, each with what it may show and what would stop it."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from engine.definitions import LetterKind, vocabulary
from engine.definitions.checks.letters import finding_of
from engine.definitions.letter_kinds import needs_of
from engine.errors import NotFound
from engine.letters import SUFFIX, Letters, fields_of, parts_of
from engine.services.principals import Principal
from engine.services.processes.template_origins import Origin, latest, origins
from engine.services.processes.views_of_templates import (
    NoticeTemplateDetail,
    NoticeTemplateView,
    TemplateFieldView,
    TextView,
    seen,
)
from engine.spiff.findings import Finding

if TYPE_CHECKING:
    from engine.application import Engine


def list_templates(engine: Engine, principal: Principal) -> list[NoticeTemplateView]:
    """The templates of all letters, as they stand for the authority."""
    principal.require("process:read")
    return templates_of(engine, principal.authority)


def templates_of(engine: Engine, authority: str) -> list[NoticeTemplateView]:
    """As `list_templates`, for whoever works for the whole authority."""
    with engine.database.read() as connection:
        letters = engine.letters.in_force(connection, authority)
        known = origins(connection, authority, SUFFIX)
    return [NoticeTemplateView(**_columns(kind, letters, known)) for kind in vocabulary().letters.values()]


def get_template(engine: Engine, principal: Principal, kind: str) -> NoticeTemplateDetail:
    """The template of a kind of letter with its text, and the parts that it shares.

    Raises:
        NotFound: no letter is called so.
    """
    principal.require("process:read")
    found = letter_kind(kind)
    with engine.database.read() as connection:
        letters = engine.letters.in_force(connection, principal.authority)
        known = origins(connection, principal.authority, SUFFIX)
    own = f"{found.notice}{SUFFIX}"
    files = [own, *sorted(parts_of(own, letters.sources) - {own})] if own in letters.sources else []
    texts = [
        TextView(
            name=file,
            origin=known.get(file, Origin()).name,
            deployment_key=known.get(file, Origin()).deployment_key,
            deployed_at=known.get(file, Origin()).deployed_at,
            text=letters.sources[file],
        )
        for file in files
    ]
    return NoticeTemplateDetail(**_columns(found, letters, known), files=texts)


def letter_kind(name: str) -> LetterKind:
    """The kind of letter of this name.

    Raises:
        NotFound: there is none; the message names the nearest.
    """
    known = vocabulary().letters
    if name not in known:
        near = get_close_matches(name, known, n=1)
        remedy = f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(known)}."
        raise NotFound(f"No letter is called \u201c{name[:60]}\u201d. {remedy}")
    return known[name]


def _columns(kind: LetterKind, letters: Letters, known: Mapping[str, Origin]) -> dict[str, Any]:
    file = f"{kind.notice}{SUFFIX}"
    made_of = parts_of(file, letters.sources) if file in letters.sources else frozenset[str]()
    origin = latest(made_of, known)
    return {
        "kind": kind.notice,
        "title": vocabulary().notices[kind.notice],
        "version": letters.version(kind.notice) if made_of else "",
        "origin": origin.name,
        "deployment_key": origin.deployment_key,
        "deployed_at": origin.deployed_at,
        "appealable": kind.appeal is not None,
        "fields": [
            TemplateFieldView(name=name, meaning=field.meaning)
            for name, field in fields_of(needs_of(kind)).items()
        ],
        "problems": [seen(each) for each in _problems(kind, file, letters)],
    }


def _problems(kind: LetterKind, file: str, letters: Letters) -> list[Finding]:
    """What would stop the letter that stands."""
    if file not in letters.sources:
        return [Finding(file, "", "error", "letter-missing", "There is no template.", "Deploy one.")]
    return [finding_of(problem, problem.file) for problem in letters.problems(kind.notice, needs_of(kind))]
