"""One message each working morning for whoever is to hear of lateness: what is new, and what still stands.

Boards have theirs on the first working day of a week. Who has nothing to be told gets none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.clock import start_of_day
from engine.ladder import DIGEST
from engine.services.messages.digest_pages import Line, page
from engine.services.messages.digest_readers import IS_RESTRICTED, Reader, Readers
from engine.services.messages.digest_times import due_rounds, is_first_of_week, next_round
from engine.services.messages.gone_readers import WHOSE, gone, heard
from engine.services.messages.ways import channel_for
from engine.store import tables
from engine.store.forecast_tables import FORECAST, forecast
from engine.store.hearing_tables import WAITS, hearing
from engine.store.message_tables import outbox
from engine.store.types import AnyRow, to_text

if TYPE_CHECKING:
    from engine.application import Engine

__all__ = ["make_due", "next_round"]

#: By which way a digest goes where nobody has chosen another.
_USUAL = "email"
_LATER = 2


def make_due(engine: Engine, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Make the digests that are due now; returns how many authorities had their round."""
    with engine.database.read() as connection:
        due = due_rounds(engine, connection)
    made = 0
    for authority in due:
        if stopping():
            break
        made += _make_round(engine, authority)
    return made


def _make_round(engine: Engine, authority: str) -> bool:
    """All digests of an authority, in one transaction with what they tell; False: somebody else made them."""
    with engine.database.write() as connection:
        connection.execute(_LOCK, {"code": authority}).one()
        if authority not in due_rounds(engine, connection):
            return False
        today, now = engine.clock.today(), engine.clock.now()
        told = _told(engine, connection, authority, today)
        if told:
            _post(engine, connection, authority, told)
        connection.execute(_DONE, {"which": authority, "at": now})
    return True


def _told(
    engine: Engine, connection: Connection, authority: str, today: date
) -> dict[Reader, dict[int, Line]]:
    """What each reader is told, by the key of its thread: what is new stands before what they know."""
    of_today = {"of": authority, "morning": start_of_day(today)}
    new = connection.execute(_NEW, of_today).all()
    standing = connection.execute(_STANDING, of_today).all()
    warned = connection.execute(_WARNED, {"of": authority, "now": engine.clock.now()}).all()
    left = _nearing_unheard(connection, authority, today)
    known = heard(connection, left)
    readers = Readers(engine, connection, authority, today, (*new, *warned, *standing, *left))
    boards_too = is_first_of_week(engine, authority, today)
    found: dict[Reader, dict[int, Line]] = defaultdict(dict)
    for kind, rows in (("new", new), ("warned", warned), ("standing", standing), ("left", left)):
        for row in rows:
            for reader in readers.of(row):
                if kind == "left" and (row.thread, row.stage, _named(reader)) in known:
                    continue
                if boards_too or not reader.is_board:
                    line = found[reader].setdefault(row.thread, _line(engine, row, kind))
                    line.heard(row.key, kind == "new")
                    if reader.membership_key != row.membership_key:
                        line.stands_in = _in_place(row, reader)
    return found


def _nearing_unheard(connection: Connection, authority: str, today: date) -> list[AnyRow]:
    """What nears, and was told to people who are away now or have left."""
    who = gone(connection, authority, today)
    return list(connection.execute(_NEARING, {"of": authority, "gone": who}).all()) if who else []


def _in_place(row: AnyRow, reader: Reader) -> dict[str, Any]:
    """The hearing of whoever is told in somebody's place."""
    return {
        "authority": row.authority,
        "case_key": row.case_key,
        "escalation_key": row.thread,
        "stage": row.stage,
        "membership_key": reader.membership_key,
        "recipient": reader.recipient,
        "instead_of": reader.instead_of,
        "covers_key": reader.covers_key,
        "level": row.level,
        "reason": row.reason,
        "ladder_row": row.ladder_row,
        "channel": DIGEST,
        "wording": row.wording,
    }


def _line(engine: Engine, row: AnyRow, kind: str) -> Line:
    return Line(
        thread=row.thread,
        case_key=row.case_key,
        title=engine.statute.rule(row.rule).title,
        due_on=row.due_on,
        level=row.level,
        is_missed=row.reason == "missed",
        is_answered=row.state in ("answered", "acknowledged"),
        is_new=kind == "new",
        is_warned=kind == "warned",
    )


def _post(
    engine: Engine,
    connection: Connection,
    authority: str,
    told: Mapping[Reader, Mapping[int, Line]],
) -> None:
    """Put the digests in the outbox, and note in each hearing which of them carries it."""
    today, now = engine.clock.today(), engine.clock.now()
    carried: dict[str, list[int]] = {}
    rows = []
    for reader, lines in told.items():
        row = _row(connection, authority, reader, page(lines.values(), today), today, now)
        carried[row["reference"]] = [key for line in lines.values() for key in line.hearings]
        rows.append(row)
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    # A clock that is put back may bring the same morning twice: nobody has two digests of one day.
    connection.execute(dialect.insert(outbox).on_conflict_do_nothing(), rows)
    found = connection.execute(_KEYS, {"references": list(carried)})
    keys = {row.reference: row.key for row in found}
    marks = [
        {"which": hearing_key, "at": now, "by": keys[reference]}
        for reference, hearings in carried.items()
        for hearing_key in hearings
    ]
    if marks:
        connection.execute(_HEARD, marks)
    in_place = [
        {
            **line.stands_in,
            "created_at": now,
            "told_at": now,
            "outbox_key": keys[f"digest:{_named(reader)}:{today}"],
        }
        for reader, lines in told.items()
        for line in lines.values()
        if line.stands_in
    ]
    if in_place:  # once for each telling, however long they stand in
        connection.execute(dialect.insert(hearing).on_conflict_do_nothing(), in_place)


def _named(reader: Reader) -> object:
    return reader.membership_key or reader.recipient


def _row(
    connection: Connection,
    authority: str,
    reader: Reader,
    body: Mapping[str, object],
    today: date,
    now: datetime,
) -> dict[str, Any]:
    member = reader.membership_key
    channel = "inbox" if member is None else channel_for(connection, member, "digest", _USUAL)[0]
    return {
        "authority": authority,
        "case_key": None,
        "kind": "digest",
        "reference": f"digest:{_named(reader)}:{today}",
        "recipient": reader.recipient,
        "membership_key": member,
        "channel": channel,
        "wording": "board_summary" if reader.is_board else "digest",
        "rank": _LATER,
        "subject": f"Digest of {today}",
        "body": to_text(body),
        "state": "waiting",
        "attempts": 0,
        "created_at": now,
        "next_at": now,
    }


_escalation, _deadline, _authority = tables.escalation, tables.deadline, tables.authority
_LINE = (
    hearing.c.key,
    hearing.c.authority,
    hearing.c.stage,
    hearing.c.membership_key,
    hearing.c.covers_key,
    hearing.c.recipient,
    hearing.c.instead_of,
    hearing.c.level,
    hearing.c.ladder_row,
    hearing.c.wording,
    _escalation.c.key.label("thread"),
    _escalation.c.case_key,
    _escalation.c.reason,
    _escalation.c.state,
    _deadline.c.rule,
    _deadline.c.occurrence,
    _deadline.c.organisation,
    _deadline.c.due_on,
    IS_RESTRICTED.label("is_restricted"),
)
_QUIET = _escalation.c.quiet_until.is_not(None)
#: What waits to be told, of threads that nobody has ended or looks after.
_NEW = (
    select(*_LINE)
    .join_from(hearing, _escalation, _escalation.c.key == hearing.c.escalation_key)
    .join(_deadline, _deadline.c.key == _escalation.c.deadline_key)
    .where(hearing.c.authority == bindparam("of"), WAITS, _escalation.c.state != "resolved", ~_QUIET)
    .order_by(hearing.c.key)
)
#: Of what its readers were warned since the last round, once: what nears and is likely to be missed.
_WARNED = (
    select(*_LINE)
    .join_from(forecast, _escalation, _escalation.c.deadline_key == forecast.c.deadline_key)
    .join(_deadline, _deadline.c.key == _escalation.c.deadline_key)
    .join(hearing, hearing.c.escalation_key == _escalation.c.key)
    .join(_authority, _authority.c.code == forecast.c.authority)
    .where(
        forecast.c.authority == bindparam("of"),
        FORECAST,
        or_(_authority.c.digested_at.is_(None), forecast.c.warned_at >= _authority.c.digested_at),
        forecast.c.warned_at < bindparam("now"),
        hearing.c.wording == "early_warning",
        hearing.c.withdrawn_at.is_(None),
        _escalation.c.reason == "nearing",
        _escalation.c.state != "resolved",
        ~_QUIET,
    )
    .order_by(hearing.c.key)
)
#: What threads told at their last telling, by way of the threads.
_TOLD = (
    select(*_LINE)
    .join_from(_escalation, hearing, hearing.c.escalation_key == _escalation.c.key)
    .join(_deadline, _deadline.c.key == _escalation.c.deadline_key)
    .where(
        _escalation.c.authority == bindparam("of"),
        hearing.c.stage == _escalation.c.told,
        hearing.c.withdrawn_at.is_(None),
    )
    .order_by(hearing.c.key)
)
#: What nears, of whoever can't do anything about it any more.
_NEARING = _TOLD.where(
    _escalation.c.reason == "nearing",
    _escalation.c.state != "resolved",
    ~_QUIET,
    hearing.c.told_at.is_not(None),
    WHOSE.in_(bindparam("gone", expanding=True)),
)
#: What was missed and stands, for whoever heard of it last; who was told today needn't be told again.
_STANDING = _TOLD.where(tables.STANDS, hearing.c.told_at < bindparam("morning"))
_LOCK = (
    select(_authority.c.code).where(_authority.c.code == bindparam("code")).with_for_update(key_share=True)
)
_DONE = update(_authority).where(_authority.c.code == bindparam("which")).values(digested_at=bindparam("at"))
_KEYS = select(outbox.c.reference, outbox.c.key).where(
    outbox.c.reference.in_(bindparam("references", expanding=True))
)
_HEARD = (
    update(hearing)
    .where(hearing.c.key == bindparam("which"), WAITS)
    .values(told_at=bindparam("at"), outbox_key=bindparam("by"))
)
