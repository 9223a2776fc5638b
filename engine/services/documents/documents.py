"""The documents of a case, as those may see them whom their audience names.

A document is a file that somebody sent, the answers to a form, a letter, or a reason that somebody gave.
What is in a document is read one by one, and each reading is written down.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, bindparam, select

from engine.errors import Conflict, NotFound
from engine.services import paging
from engine.services.audit.audit import Actor, Event, note
from engine.services.cases.cases import find_case
from engine.services.documents.stored_files import require_clean
from engine.services.documents.views_of_documents import DocumentView, FileView
from engine.services.principals import Principal
from engine.services.sight import audiences, sight
from engine.services.views import Page, PageEnd
from engine.store import file_tables, tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: Rows looked at in one go; what a principal may not see is passed over.
_AT_ONCE = 200
_ANSWERS, _LETTER = "answers", "notice"


@dataclass(frozen=True)
class Content:
    """What is in a document: exactly one of a file's place, a value for JSON, or a page of HTML.

    `changed_at` is when it came to be, `name` what a file is called where it is saved.
    """

    digest: str
    changed_at: datetime
    name: str
    media_type: str
    path: Path | None = None
    value: Mapping[str, Any] | None = None
    html: str | None = None


@dataclass(frozen=True)
class Wanted:
    """Which documents of a case to list; None: any."""

    kind: str | None = None
    task_key: str | None = None
    since: datetime | None = None
    state: str | None = None


def list_documents(
    engine: Engine,
    principal: Principal,
    case_key: str,
    wanted: Wanted,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[DocumentView]:
    """The documents of a case that a principal may see, newest first; what they say isn't among it."""
    principal.require("document:read")
    before = paging.decode(cursor, int)[0] if cursor is not None else None
    found: list[AnyRow] = []
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        for row in _visible(engine, connection, principal, case.key, wanted, before):
            found.append(row)
            if len(found) > paging.clamp(limit):
                break
    end = paging.encode([found[limit - 1].key]) if len(found) > limit else None
    return Page(items=[view(row) for row in found[:limit]], page=PageEnd(end_cursor=end))


def require_case(engine: Engine, principal: Principal, case_key: str) -> None:
    """See to it that the principal sees a case, before anything else of a request is looked at.

    Raises:
        NotFound: it doesn't.
    """
    with engine.database.read() as connection:
        find_case(engine, connection, principal, case_key)


def get_document(engine: Engine, principal: Principal, key: str) -> DocumentView:
    """What is known of a document, without what it says.

    Raises:
        NotFound: there is none for this principal.
    """
    principal.require("document:read")
    with engine.database.read() as connection:
        return view(find_document(engine, connection, principal, key))


def read_content(engine: Engine, principal: Principal, key: str) -> Content:
    """What a document says: of a form's answers, those that the principal may see. It is written down.

    Raises:
        NotFound: there is none for this principal.
        Conflict: it was withdrawn, or is a file that the scanner hasn't seen or found infected.
    """
    principal.require("document:read")
    with engine.database.read() as connection:
        row = find_document(engine, connection, principal, key)
        text = connection.execute(_TEXT, {"row_key": row.key}).scalar_one()
    found = _content(engine, principal, row, text)
    actor = Actor(principal.membership_key, principal.organisation)
    note(engine, row.case_key, actor, Event.DOCUMENT_READ, document=row.key)
    return found


def list_versions(engine: Engine, principal: Principal, key: str) -> list[DocumentView]:
    """A document with all that it took the place of, and that took its place, oldest first.

    Raises:
        NotFound: there is none for this principal.
    """
    principal.require("document:read")
    with engine.database.read() as connection:
        row = find_document(engine, connection, principal, key)
        of_case = list(_visible(engine, connection, principal, row.case_key, Wanted(), None))
    after = {each.key: each.superseded_by for each in of_case}
    chain = {row.key}
    while more := {old for old, new in after.items() if new in chain} | {after.get(old) for old in chain}:
        if not (more := (more & set(after)) - chain):
            break
        chain |= more
    return [view(each) for each in reversed(of_case) if each.key in chain]


def find_document(engine: Engine, connection: Connection, principal: Principal, key: str) -> AnyRow:
    """The row of a document that the principal may see, without its text.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(_ONE, {"row_key": sight.key(key)}).one_or_none()
    if row is not None and _eyes(engine, connection, principal, row.case_key)(row):
        with suppress(NotFound):
            find_case(engine, connection, principal, str(row.case_key))
            return row
    raise NotFound(f"There is no document {key} for you.")


def view(row: AnyRow) -> DocumentView:
    """A row as it is shown."""
    words = row.audience
    if isinstance(words, Mapping):
        words = sorted({word for of_field in words.values() for word in of_field})
    return DocumentView(
        key=str(row.key),
        case_key=str(row.case_key),
        kind=row.kind,
        task_key=str(row.task_key) if row.task_key is not None else None,
        form_key=row.form_key,
        organisation=row.organisation,
        audience=list(words),
        hidden_from=list(row.hidden_from),
        created_at=row.created_at,
        created_by=row.author,
        digest=row.digest,
        version=row.version,
        file=_file_view(row),
    )


def _file_view(row: AnyRow) -> FileView | None:
    if row.name is None:
        return None
    return FileView(
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        digest=row.digest,
        scan=row.scan,
        state=row.state,
        superseded_by=str(row.superseded_by) if row.superseded_by is not None else None,
    )


def _visible(
    engine: Engine,
    connection: Connection,
    principal: Principal,
    case_key: int,
    wanted: Wanted,
    before: int | None,
) -> Iterator[AnyRow]:
    is_visible = _eyes(engine, connection, principal, case_key)
    query = _narrowed(_ALL.where(_document.c.case_key == case_key), wanted)
    while True:
        page = query if before is None else query.where(_document.c.key < before)
        rows = connection.execute(page.limit(_AT_ONCE)).all()
        yield from filter(is_visible, rows)
        if len(rows) < _AT_ONCE:
            return
        before = rows[-1].key


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.kind is not None:
        query = query.where(_document.c.kind == wanted.kind)
    if wanted.task_key is not None:
        query = query.where(_document.c.task_key == sight.key(wanted.task_key))
    if wanted.since is not None:
        query = query.where(_document.c.created_at >= wanted.since)
    if wanted.state is not None:
        query = query.where(_file.c.state == wanted.state)
    return query


def _eyes(
    engine: Engine, connection: Connection, principal: Principal, case_key: int
) -> Callable[[AnyRow], bool]:
    """Tells which documents of a case a principal may see, by their audience and the family's word."""
    word = sight.word_on_documents(connection, principal, case_key, engine.clock.today())
    return lambda row: audiences.may_see(principal, row.organisation, row.audience, row.hidden_from, word)


def _content(engine: Engine, principal: Principal, row: AnyRow, text: str) -> Content:
    if row.name is not None:
        if row.state == "withdrawn":
            raise Conflict("This document was withdrawn: it is listed, and no longer read.")
        require_clean(engine, row.authority, row.digest, row.scan)
        place = engine.files.place(row.authority, row.digest)
        return Content(row.digest, row.created_at, row.name, row.media_type, path=place)
    if row.kind == _LETTER:
        return Content(row.digest, row.created_at, f"letter-{row.key}.html", "text/html", html=text)
    value = json.loads(text)
    if row.kind == _ANSWERS and isinstance(row.audience, Mapping):
        value = audiences.visible_answers(principal, row.organisation, row.audience, value)
    return Content(row.digest, row.created_at, f"document-{row.key}.json", "application/json", value=value)


_document, _file, _stored = tables.document, file_tables.document_file, file_tables.stored_file
_ALL = (
    select(
        *(column for column in _document.c if column.name != "content"),
        _file.c.name,
        _file.c.media_type,
        _file.c.size,
        _file.c.state,
        _file.c.superseded_by,
        _stored.c.state.label("scan"),
        tables.person.c.name.label("author"),
    )
    .select_from(_document)
    .outerjoin(_file, _file.c.document_key == _document.c.key)
    .outerjoin(_stored, and_(_stored.c.authority == _file.c.authority, _stored.c.digest == _file.c.digest))
    .outerjoin(tables.membership, tables.membership.c.key == _document.c.created_by)
    .outerjoin(tables.person, tables.person.c.key == tables.membership.c.person_key)
    .order_by(_document.c.key.desc())
)
_ONE = _ALL.where(_document.c.key == bindparam("row_key"))
_TEXT = select(_document.c.content).where(_document.c.key == bindparam("row_key"))
