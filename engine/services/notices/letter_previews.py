"""Letters as process owners see them before anybody is sent one: what stands, and what their own would say.

The child is invented; the council's name, its contacts and the law's days are what a letter of today would
show.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.calendar import Calendar
from engine.definitions import LetterKind
from engine.definitions.checks.letters import letters_stand
from engine.definitions.letter_kinds import needs_of
from engine.errors import BadInput, Conflict, NotFound
from engine.law import due
from engine.letters import CONTACTS, SUFFIX, LetterRefused, Letters, in_words, sample_of
from engine.letters.printing import PdfRefused
from engine.letters.samples import marked
from engine.services.notices.letter_terms import LetterTerms
from engine.services.notices.notice_templates import letter_kind
from engine.services.notices.pdfs import maker_of
from engine.services.principals import Principal
from engine.services.processes.views_of_templates import TriedLetterView, seen
from engine.spiff.findings import Finding

if TYPE_CHECKING:
    from engine.application import Engine

_OWN = "Send the letter's own template, or parts that it shares: names that end in .html."


def preview(engine: Engine, principal: Principal, kind: str, reader: str) -> str:
    """A letter as it would be sent today, about an invented child and marked as a sample.

    Raises:
        NotFound: no letter is called so.
        Conflict: the template that stands can't be written; the message says why.
    """
    principal.require("process:read")
    return preview_of(engine, principal.authority, letter_kind(kind), reader)


def preview_of(engine: Engine, authority: str, kind: LetterKind, reader: str) -> str:
    """As `preview`, for whoever works for the whole authority."""
    with engine.database.read() as connection:
        letters = engine.letters.in_force(connection, authority)
        values = sample_values(engine, connection, authority, kind, reader)
    try:
        return _sample(letters, kind, values)
    except LetterRefused as refused:
        raise Conflict(str(refused)) from refused


def as_pdf(engine: Engine, page: str) -> bytes:
    """A sample on paper, by whatever makes PDFs here.

    Raises:
        Conflict: nothing does, or it can't be made of this page.
    """
    try:
        return maker_of(engine).make(page)
    except PdfRefused as refused:
        raise Conflict(f"The PDF can't be made: {refused}") from refused


def attempt(
    engine: Engine, principal: Principal, kind: str, files: Mapping[str, str], reader: str
) -> TriedLetterView:
    """Try templates before they are deployed, with what stands for the rest; nothing is kept.

    Raises:
        BadInput: no letter is called so, or a file isn't the template of a letter.
    """
    principal.require("process:deploy")
    try:
        found = letter_kind(kind)
    except NotFound as unknown:
        raise BadInput.field("kind", unknown.message) from unknown
    wrong = [name for name in files if not name.endswith(SUFFIX)]
    if wrong:
        raise BadInput.field(f"files.{wrong[0]}", _OWN)
    return attempt_for(engine, principal.authority, found, files, reader)


def attempt_for(
    engine: Engine, authority: str, kind: LetterKind, files: Mapping[str, str], reader: str
) -> TriedLetterView:
    """As `attempt`, for whoever works for the whole authority."""
    with engine.database.read() as connection:
        standing = engine.letters.in_force(connection, authority)
        values = sample_values(engine, connection, authority, kind, reader)
    return tried(kind, files, standing.sources, values)


def tried(
    kind: LetterKind, files: Mapping[str, str], standing: Mapping[str, str], values: Mapping[str, Any]
) -> TriedLetterView:
    """A letter with other templates in front of those that stand: the page, or what stops it.

    Args:
        values: as `sample_values` gives them.
    """
    given = {name: text.encode(errors="replace") for name, text in files.items()}
    findings = letters_stand(given, standing)
    broken = any(finding.severity == "error" for finding in findings)
    letters = Letters({**standing, **files}, files.keys())
    page = None
    if not broken:
        try:
            page = _sample(letters, kind, values)
        except LetterRefused as refused:
            file = f"{kind.notice}{SUFFIX}"
            findings.append(Finding(file, "", "error", "letter-refused", str(refused), "Correct it."))
    return TriedLetterView(
        acceptable=page is not None,
        version=letters.version(kind.notice) if page is not None else None,
        findings=[seen(finding) for finding in findings],
        html=page,
    )


def sample_values(
    engine: Engine, connection: Connection, authority: str, kind: LetterKind, reader: str
) -> dict[str, Any]:
    """What a letter of today would show about an invented child, with what the authority says of itself."""
    head = engine.letterheads.of(connection, authority)
    values = terms_of_today(engine, engine.calendar(authority), kind, reader)
    said = {code: value for code, value in head.contacts.items() if value and code in CONTACTS}
    return {**values, "authority": head.name, "contacts": {**values["contacts"], **said}}


def terms_of_today(engine: Engine, calendar: Calendar, kind: LetterKind, reader: str) -> dict[str, Any]:
    """A sample with the days that the law gives a letter of today."""
    today = engine.clock.today()
    terms = LetterTerms(engine.statute, calendar, today)
    values = sample_of(needs_of(kind), reader)
    values |= terms.to_answer(kind, today) | terms.to_appeal(kind) | {"sent": in_words(today)}
    if kind.decide is not None:
        last = due(engine.statute.rule(kind.decide), today, calendar=calendar).last_day
        values["decide_until"] = in_words(last)
    values["certificate_free"], values["appeal_section"] = kind.certificate_free, kind.appeal
    return values if kind.amends else {**values, "amendments": []}


def _sample(letters: Letters, kind: LetterKind, values: Mapping[str, Any]) -> str:
    return marked(letters.write(kind.notice, values, appealable=kind.appeal is not None).html)
