"""The PDF of each notice: made outside the step that sent it, once, and kept exactly as it is sent.

The HTML is the master, and what people who read by ear or large print are given. The PDF is its image for
paper: its bytes lie in the folder of files, and the notice holds their hash.
"""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, update

from engine.errors import Conflict
from engine.letters.printing import AddressRefused, Maker, PdfRefused, address_lines, address_sheet, joined
from engine.services.audit.audit import Actor, Event, note
from engine.services.documents import stored_files
from engine.services.documents.stored_files import Kept
from engine.services.notices.deliveries import find_notice
from engine.services.principals import Principal
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

log = logging.getLogger(__name__)

#: Letters older than this are made when somebody asks: a replayed year isn't printed.
_LATELY = timedelta(days=28)
_AT_A_TIME = 20
#: Tries after which a letter is made only when somebody asks.
MOST_TRIES = 3
#: Bytes of the largest PDF: a letter of a hundred pages has one megabyte.
_LARGEST = 50 * 1024 * 1024


def make_waiting(engine: Engine) -> int:
    """Make the PDFs of the newest letters that have none; gives how many were made.

    One that can't be made is tried three times, and then when somebody asks for it.
    """
    maker = engine.letter_maker.maker
    if maker is None:
        return 0
    with engine.database.write() as connection:
        connection.execute(_LEAVE_OLD, {"since": engine.clock.today() - _LATELY})
        rows = connection.execute(_WAITING).all()
    made = 0
    for row in rows:
        try:
            _made(engine, maker, row)
            made += 1
        except PdfRefused as refused:
            log.error("The PDF of notice %s can't be made: %s", row.key, refused)
            with engine.database.write() as connection:
                connection.execute(_TRIED, {"row_key": row.key})
    return made


def read_pdf(engine: Engine, principal: Principal, case_key: str, notice_key: str) -> bytes:
    """The PDF of a notice; that it was read is written to the audit trail.

    Raises:
        NotFound: there is none for this principal.
        Conflict: it isn't made yet, and can't be.
    """
    principal.require("case:read")
    with engine.database.read() as connection:
        row = find_notice(engine, connection, principal, case_key, notice_key)
    pdf = pdf_of(engine, row.key)
    actor = Actor(principal.membership_key, principal.organisation)
    note(engine, row.case_key, actor, Event.LETTER_READ, notice=row.key)
    return pdf


def pdf_of(engine: Engine, notice_key: int) -> bytes:
    """The PDF of a notice exactly as it is sent; it is made now if it wasn't.

    Raises:
        Conflict: it can't be made, or its bytes are lost; the message says why.
    """
    with engine.database.read() as connection:
        row = connection.execute(_NOTICE, {"row_key": notice_key}).one()
    if row.pdf_digest is None:
        return _made_now(engine, row)
    if not engine.files.holds(row.authority, row.pdf_digest):
        raise Conflict(
            "The PDF of this notice isn't in the folder of files (EHC_FILES). Tell whoever runs this service:"
            " it must come back from a backup. The letter itself is there as HTML."
        )
    return engine.files.place(row.authority, row.pdf_digest).read_bytes()


def maker_of(engine: Engine) -> Maker:
    """What makes PDFs here.

    Raises:
        Conflict: nothing does; the message says what is missing.
    """
    choice = engine.letter_maker
    if choice.maker is None:
        lacking = " ".join(choice.away.values())
        raise Conflict(f"No PDF can be made here. {lacking} The letter is there as HTML.")
    return choice.maker


def keep_pdf(engine: Engine, authority: str, pdf: bytes) -> Kept:
    """Put a PDF into the folder of files, for a row that names it right after."""
    with engine.files.staged(io.BytesIO(pdf).read, _LARGEST) as staged:
        return stored_files.keep(engine, authority, staged, "letter.pdf")


def letter_of_copy(engine: Engine, delivery_key: int) -> bytes:
    """What goes into the envelope of one copy: the sheet with its address, then the letter.

    Raises:
        AddressRefused: nothing can be posted to this address, or nothing may be posted to this person.
        Conflict, PdfRefused: no PDF can be made.
    """
    maker = maker_of(engine)
    with engine.database.read() as connection:
        copy = connection.execute(_TO_WHOM, {"row_key": delivery_key}).one()
    lines = lines_of(copy)
    sheet = maker.make(address_sheet(lines, f"{copy.case_key}/{copy.notice_key}"), styles="sheet.css")
    return joined([sheet, pdf_of(engine, copy.notice_key)])


def lines_of(copy: AnyRow) -> list[str]:
    """The lines on the envelope of a copy: nothing goes to somebody who was blocked since, or has left.

    Raises:
        AddressRefused: nothing can, or may, be posted to them; the message repeats nothing of the address.
    """
    if copy.blocked:
        raise AddressRefused("This person is on the safeguarding block list.")
    if copy.ended_on is not None:
        raise AddressRefused("This person no longer belongs to the family.")
    return address_lines(copy.name or "", copy.address)


def _made_now(engine: Engine, row: AnyRow) -> bytes:
    try:
        return _made(engine, maker_of(engine), row)
    except PdfRefused as refused:
        raise Conflict(f"The PDF can't be made: {refused} The letter is there as HTML.") from refused


def _made(engine: Engine, maker: Maker, row: AnyRow) -> bytes:
    """Make a notice's PDF and bind it to the notice; where another process was quicker, that one counts."""
    with engine.database.read() as connection:
        page = connection.execute(_PAGE, {"row_key": row.key}).scalar_one()
    kept = keep_pdf(engine, row.authority, pdf := maker.make(page))
    values = {"row_key": row.key, "hash": kept.digest, "at": engine.clock.now(), "by": maker.name}
    with engine.database.write() as connection:
        is_first = connection.execute(_BIND, values).rowcount > 0
    return pdf if is_first else pdf_of(engine, row.key)


_notice = tables.notice
_WAITING = select(_notice).where(tables.UNMADE).order_by(_notice.c.key.desc()).limit(_AT_A_TIME)
#: When the oldest letter without a PDF was sent: that a PDF is to be made.
NEXT_PDF = (
    select(func.min(tables.document.c.created_at))
    .join(_notice, _notice.c.document_key == tables.document.c.key)
    .where(tables.UNMADE)
)
_LEAVE_OLD = (
    update(_notice).where(tables.UNMADE, _notice.c.made_on < bindparam("since")).values(pdf_tries=MOST_TRIES)
)
_NOTICE = select(_notice).where(_notice.c.key == bindparam("row_key"))
_PAGE = (
    select(tables.document.c.content)
    .join(_notice, _notice.c.document_key == tables.document.c.key)
    .where(_notice.c.key == bindparam("row_key"))
)
_delivery, _member = tables.delivery, tables.family_member
#: What `lines_of` looks at.
ON_THE_ENVELOPE = (_member.c.name, _member.c.address, _member.c.blocked, _member.c.ended_on)
_TO_WHOM = (
    select(_delivery.c.case_key, _delivery.c.notice_key, *ON_THE_ENVELOPE)
    .outerjoin(_member, _member.c.key == _delivery.c.family_member_key)
    .where(_delivery.c.key == bindparam("row_key"))
)
_BIND = (
    update(_notice)
    .where(_notice.c.key == bindparam("row_key"), _notice.c.pdf_digest.is_(None))
    .values(pdf_digest=bindparam("hash"), pdf_made_at=bindparam("at"), pdf_maker=bindparam("by"))
)
_TRIED = (
    update(_notice).where(_notice.c.key == bindparam("row_key")).values(pdf_tries=_notice.c.pdf_tries + 1)
)
