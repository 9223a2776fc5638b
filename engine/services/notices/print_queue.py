"""Letters that the authority prints and posts itself: what waits, batches for the printer, and their posting.

A batch is one PDF: before each letter the sheet with its address, each letter on a new sheet of paper. What
is in a batch waits no longer; only its posting says when the copies were sent, and moves what counts from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, exists, insert, select, update

from engine.clock import day_of
from engine.definitions import vocabulary
from engine.errors import BadInput, Conflict, NotFound, VersionMismatch
from engine.letters.printing import AddressRefused, PdfRefused, joined, pages_of
from engine.services import paging
from engine.services.audit.audit import Actor, Event, note
from engine.services.incidents import guarded
from engine.services.notices.pdfs import ON_THE_ENVELOPE, keep_pdf, letter_of_copy, lines_of
from engine.services.notices.posting_days import posted
from engine.services.notices.views_of_printing import BatchView, QueuedView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.message_tables import outbox
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

PERMISSION = "letter:print"
#: Letters of one batch: what an office puts into envelopes at a time.
LARGEST_BATCH = 50
#: The channel of the outbox for what the authority prints, and who carries it.
_PRINTER = "print"


@dataclass(frozen=True)
class _Printed:
    """A letter of a batch that is being made."""

    row: AnyRow
    pdf: bytes


def waiting(
    engine: Engine, principal: Principal, *, limit: int = 50, cursor: str | None = None
) -> Page[QueuedView]:
    """The letters that wait to be printed, the oldest first, each with what keeps it from being printed."""
    principal.require(PERMISSION)
    query = _WAITING.where(sight.cases(principal)).limit(paging.clamp(limit) + 1)
    if cursor is not None:
        query = query.where(_delivery.c.key > paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_queued(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def make_batch(engine: Engine, principal: Principal) -> BatchView:
    """Put the oldest letters that can be printed into one PDF.

    Raises:
        Conflict: none waits that can be printed, or no PDF can be made here.
    """
    principal.require(PERMISSION)
    with engine.database.read() as connection:
        rows = connection.execute(_WAITING.where(sight.cases(principal)).limit(LARGEST_BATCH)).all()
    letters = [found for row in rows if (found := _printed(engine, row)) is not None]
    if not letters:
        raise Conflict(
            "No letter waits that can be printed. GET /print-queue says of each that waits what it lacks."
        )
    whole = joined([letter.pdf for letter in letters], new_sheets=True)
    kept = keep_pdf(engine, principal.authority, whole)
    row = {
        "authority": principal.authority,
        "state": "made",
        "pages": pages_of(whole),
        "digest": kept.digest,
        "made_at": engine.clock.now(),
        "made_by": principal.membership_key,
    }
    with engine.database.write() as connection:
        key = _bound(connection, row, [letter.row.key for letter in letters])
    actor = Actor(principal.membership_key, principal.organisation)
    for letter in letters:
        note(
            engine, letter.row.case_key, actor, Event.LETTER_PRINTED, notice=letter.row.notice_key, batch=key
        )
    return get_batch(engine, principal, str(key))


def list_batches(
    engine: Engine, principal: Principal, *, limit: int = 50, cursor: str | None = None
) -> Page[BatchView]:
    """The batches of the authority, the newest first."""
    principal.require(PERMISSION)
    query = _seen_by(principal).limit(paging.clamp(limit) + 1)
    if cursor is not None:
        query = query.where(_batch.c.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.order_by(_batch.c.key.desc())).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def get_batch(engine: Engine, principal: Principal, key: str) -> BatchView:
    """One batch.

    Raises:
        NotFound: there is none for this principal.
    """
    principal.require(PERMISSION)
    with engine.database.read() as connection:
        return _view(_find(connection, principal, key))


def read_batch(engine: Engine, principal: Principal, key: str) -> bytes:
    """The PDF of a batch, for the printer; that its letters were read is written to each case's trail.

    Raises:
        NotFound: there is none for this principal.
        Conflict: its bytes are lost.
    """
    principal.require(PERMISSION)
    with engine.database.read() as connection:
        row = _find(connection, principal, key)
    if not engine.files.holds(row.authority, row.digest):
        raise Conflict("The PDF of this batch isn't in the folder of files. Return it and make it anew.")
    actor = Actor(principal.membership_key, principal.organisation)
    for copy in _copies(engine, row.key):
        note(engine, copy.case_key, actor, Event.LETTER_READ, notice=copy.notice_key)
    return engine.files.place(row.authority, row.digest).read_bytes()


def post_batch(
    engine: Engine, principal: Principal, key: str, posted_on: date, version: int | None = None
) -> BatchView:
    """Say that a batch was posted: its copies count as sent on that day, and are served by post.

    Raises:
        BadInput: the day lies after today or before the batch was made.
        Conflict: it was posted or returned already.
        NotFound, VersionMismatch: as their names say.
    """
    row = _ended(engine, principal, key, version)
    if posted_on > engine.clock.today():
        raise BadInput.field("postedOn", f"This day can't lie after today, {engine.clock.today()}.")
    if posted_on < day_of(row.made_at):
        raise BadInput.field("postedOn", "A batch can't be posted before it was made.")
    actor = Actor(principal.membership_key, principal.organisation)
    for copy in _copies(engine, row.key):

        def work(step: CaseStep, copy: AnyRow = copy) -> None:
            if step.connection.execute(_SENT, {"copy": copy.key, "at": step.now}).rowcount:
                posted(step, copy.key, posted_on)

        guarded(engine, copy.case_key, "post a letter", actor, work)
    with engine.database.write() as connection:
        connection.execute(_END, {"which": row.key, "to": "posted", "on": posted_on})
    return get_batch(engine, principal, key)


def return_batch(engine: Engine, principal: Principal, key: str, version: int | None = None) -> BatchView:
    """Say that a batch wasn't printed after all: its letters wait again.

    Raises:
        Conflict: it was posted or returned already.
        NotFound, VersionMismatch: as their names say.
    """
    row = _ended(engine, principal, key, version)
    with engine.database.write() as connection:
        if connection.execute(_END, {"which": row.key, "to": "returned", "on": None}).rowcount:
            connection.execute(_BACK, {"of": row.key})
    return get_batch(engine, principal, key)


def _printed(engine: Engine, row: AnyRow) -> _Printed | None:
    """A letter ready for its envelope; None for one that can't be, whose reason the queue shows."""
    try:
        return _Printed(row, letter_of_copy(engine, row.key))
    except (AddressRefused, PdfRefused):
        return None


def _bound(connection: Connection, row: dict[str, object], copies: Sequence[int]) -> int:
    """Write a batch with the copies that nobody took meanwhile; gives its key.

    Raises:
        Conflict: somebody took all of them.
    """
    key: int = connection.execute(_NEW, {**row, "copies": len(copies)}).scalar_one()
    taken = connection.execute(_TAKE, {"of": key, "copies": list(copies)}).rowcount
    if taken != len(copies):
        raise Conflict("Somebody makes a batch of these letters at this moment. Look at the batches.")
    return key


def _ended(engine: Engine, principal: Principal, key: str, version: int | None) -> AnyRow:
    principal.require(PERMISSION)
    with engine.database.read() as connection:
        row = _find(connection, principal, key)
    if version is not None and version != row.version:
        raise VersionMismatch(f"Batch {key} stands at version {row.version}, not {version}. Read it again.")
    if row.state != "made":
        raise Conflict(f"Batch {row.key} is {row.state} already.")
    return row


def _find(connection: Connection, principal: Principal, key: str) -> AnyRow:
    query = _seen_by(principal).where(_batch.c.key == sight.key(key))
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no batch {key} for you.")
    return row


def _seen_by(principal: Principal) -> Select[Any]:
    """The batches of the authority without a letter of a case that is closed to the principal."""
    closed = select(_delivery.c.key).where(
        _delivery.c.print_batch_key == _batch.c.key, ~sight.open_to(principal, _delivery.c.case_key)
    )
    return _BATCHES.where(_batch.c.authority == principal.authority, ~exists(closed))


def _copies(engine: Engine, batch_key: int) -> Sequence[AnyRow]:
    with engine.database.read() as connection:
        return connection.execute(_OF_BATCH, {"of": batch_key}).all()


def _queued(row: AnyRow) -> QueuedView:
    try:
        lines_of(row)
        lacks = None
    except AddressRefused as refused:
        lacks = str(refused)
    return QueuedView(
        delivery_key=str(row.key),
        case_key=str(row.case_key),
        notice_key=str(row.notice_key),
        title=vocabulary().notices.get(row.kind, row.kind),
        made_on=row.made_on,
        lacks=lacks,
    )


def _view(row: AnyRow) -> BatchView:
    return BatchView(
        key=str(row.key),
        state=row.state,
        copies=row.copies,
        pages=row.pages,
        digest=row.digest,
        made_at=row.made_at,
        posted_on=row.posted_on,
        version=row.version,
    )


_batch, _delivery, _notice, _member = (
    tables.print_batch,
    tables.delivery,
    tables.notice,
    tables.family_member,
)
_BATCHES = select(_batch)
_WAITING = (
    select(
        _delivery.c.key,
        _delivery.c.case_key,
        _delivery.c.notice_key,
        _notice.c.kind,
        _notice.c.made_on,
        *ON_THE_ENVELOPE,
    )
    .select_from(outbox)
    .join(_delivery, _delivery.c.key == outbox.c.delivery_key)
    .join(_notice, _notice.c.key == _delivery.c.notice_key)
    .join(tables.ehc_case, tables.ehc_case.c.key == _delivery.c.case_key)
    .outerjoin(_member, _member.c.key == _delivery.c.family_member_key)
    .where(outbox.c.channel == _PRINTER, outbox.c.state == "waiting", _delivery.c.print_batch_key.is_(None))
    .order_by(_delivery.c.key)
)
_NEW = insert(_batch).returning(_batch.c.key)
_TAKE = (
    update(_delivery)
    .where(_delivery.c.key.in_(bindparam("copies", expanding=True)), _delivery.c.print_batch_key.is_(None))
    .values(print_batch_key=bindparam("of"))
)
_BACK = update(_delivery).where(_delivery.c.print_batch_key == bindparam("of")).values(print_batch_key=None)
_OF_BATCH = (
    select(_delivery.c.key, _delivery.c.case_key, _delivery.c.notice_key)
    .where(_delivery.c.print_batch_key == bindparam("of"))
    .order_by(_delivery.c.case_key, _delivery.c.key)
)
_SENT = (
    update(outbox)
    .where(
        outbox.c.delivery_key == bindparam("copy"), outbox.c.channel == _PRINTER, outbox.c.state == "waiting"
    )
    .values(
        state="sent",
        provider=_PRINTER,
        sent_at=bindparam("at"),
        ended_at=bindparam("at"),
        outcome="posted",
        attempts=outbox.c.attempts + 1,
        version=outbox.c.version + 1,
    )
)
_END = (
    update(_batch)
    .where(_batch.c.key == bindparam("which"), _batch.c.state == "made")
    .values(state=bindparam("to"), posted_on=bindparam("on"), version=_batch.c.version + 1)
)
