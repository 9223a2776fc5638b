"""The notices of a case as they were sent, and the delivery of each copy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, exists, insert, or_, select, true, update

from engine.definitions import vocabulary
from engine.errors import BadInput, Conflict, NotFound
from engine.services import paging
from engine.services.audit.audit import Actor, Event, note
from engine.services.cases.cases import find_case
from engine.services.families.family_rows import Member, family_in
from engine.services.incidents import guarded
from engine.services.notices.copies import note_arrival, post_copy, settle_days
from engine.services.notices.notice_recipients import Recipient, served_on
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.views import DeliveryView, NoticeView, Page, PageEnd
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: What can be said of a copy that was sent.
STATES = ("delivered", "failed")


def list_notices(
    engine: Engine, principal: Principal, case_key: str, limit: int = 50, cursor: str | None = None
) -> Page[NoticeView]:
    """The notices of a case that the principal may see, newest first, each with its copies.

    The SEND team sees all; anybody else those that went to the own organisation, and that copy alone.
    """
    principal.require("case:read")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        query = _seen_by(principal).where(_notice.c.case_key == case.key).order_by(_notice.c.key.desc())
        if cursor is not None:
            query = query.where(_notice.c.key < paging.decode(cursor, int)[0])
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
        copies = _copies(connection, principal, [row.key for row in rows[:limit]])
    items = [_view(row, copies.get(row.key, [])) for row in rows[:limit]]
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=items, page=PageEnd(end_cursor=end))


def get_notice(engine: Engine, principal: Principal, case_key: str, notice_key: str) -> NoticeView:
    """One notice with the copies that the principal may see.

    Raises:
        NotFound: there is none for this principal.
    """
    principal.require("case:read")
    with engine.database.read() as connection:
        row = find_notice(engine, connection, principal, case_key, notice_key)
        return _view(row, _copies(connection, principal, [row.key]).get(row.key, []))


def read_content(engine: Engine, principal: Principal, case_key: str, notice_key: str) -> str:
    """The HTML exactly as it was sent; that it was read is written to the audit trail.

    Raises:
        NotFound: there is none for this principal.
    """
    principal.require("case:read")
    with engine.database.read() as connection:
        row = find_notice(engine, connection, principal, case_key, notice_key)
        content: str = connection.execute(_CONTENT, {"document": row.document_key}).scalar_one()
    actor = Actor(principal.membership_key, principal.organisation)
    note(engine, row.case_key, actor, Event.LETTER_READ, notice=row.key)
    return content


def record_delivery(
    engine: Engine,
    principal: Principal,
    case_key: str,
    notice_key: str,
    delivery_key: str,
    state: str,
    on: date,
    *,
    version: int | None = None,
) -> NoticeView:
    """Say that a copy arrived on a day, or that it couldn't be delivered; it isn't chased any more.

    Raises:
        BadInput: the day lies before the sending or after today.
        Conflict: the copy is known to have arrived.
    """

    def work(step: CaseStep, notice: AnyRow) -> None:
        key = sight.key(delivery_key)
        if step.connection.execute(_COPY, {"of": notice.key, "row_key": key}).one_or_none() is None:
            raise NotFound(f"There is no delivery {delivery_key} of this notice for you.")
        note_arrival(step, key, state, on)

    return _changed(engine, principal, case_key, notice_key, "record a delivery", work, version)


def send_copy(
    engine: Engine,
    principal: Principal,
    case_key: str,
    notice_key: str,
    member_key: str,
    *,
    channel: str | None = None,
    version: int | None = None,
) -> NoticeView:
    """Send a further copy of a notice to a member of the family, in the way that they are served.

    A copy besides those that went out leaves the notice's dates alone: serving it anew would need another
    decision on the time to appeal. One that takes the place of a copy that failed counts in its stead: the
    notice is served when it is, and what counts from service moves.

    Args:
        channel: another way than theirs: `post` or `by_hand`, which need no agreement.

    Raises:
        BadInput: the member is on the safeguarding block list, or no longer belongs to the family.
        Conflict: the member has a copy already that hasn't failed.
    """

    def work(step: CaseStep, notice: AnyRow) -> None:
        member = _addressable(step, member_key)
        if step.connection.execute(_HAS_COPY, {"of": notice.key, "who": member.key}).first():
            raise Conflict("This person has a copy of the notice already.")
        way = channel or member.channel_on(step.today)
        stead = step.connection.execute(_GIVE_WAY, {"of": notice.key, "who": member.key}).rowcount > 0
        recipient = Recipient("family", way, served_on(step, way), member_key=member.key)
        row = {
            "authority": step.authority,
            "case_key": step.case_key,
            "notice_key": notice.key,
            "recipient": recipient.code,
            "family_member_key": member.key,
            "channel": way,
            "state": "sent",
            "sent_on": step.today,
            "served_on": recipient.served_on,
            "counts": stead,
        }
        key = step.connection.execute(_NEW, row).scalar_one()
        step.audit.append(Event.DELIVERY_ADDED, notice=notice.key, delivery=key, member=member.key)
        post_copy(step, key, recipient, notice.key, notice.kind, None)
        if stead:
            settle_days(step, notice.key, also_sent=False)

    return _changed(engine, principal, case_key, notice_key, "send a copy of a notice", work, version)


def _addressable(step: CaseStep, member_key: str) -> Member:
    members = {str(member.key): member for member in family_in(step).members}
    member = members.get(member_key)
    if member is None or not member.is_current(step.today):
        raise BadInput.field("familyMemberKey", "Nobody of this key belongs to the family.")
    if member.blocked:
        raise BadInput.field("familyMemberKey", BLOCKED)
    return member


#: Why nothing is sent to somebody on the block list.
BLOCKED = (
    "This person is on the family's safeguarding block list: no notice is ever addressed to somebody on it."
    " If that is no longer right, take the block away first, with its reason."
)


def _changed(
    engine: Engine,
    principal: Principal,
    case_key: str,
    notice_key: str,
    attempted: str,
    work: Callable[[CaseStep, AnyRow], None],
    version: int | None,
) -> NoticeView:
    principal.require("notice:deliver")
    with engine.database.read() as connection:
        row = find_notice(engine, connection, principal, case_key, notice_key)
    if not sight.sees_whole_cases(principal):
        raise NotFound(f"There is no notice {notice_key} in case {case_key} for you.")
    actor = Actor(principal.membership_key, principal.organisation)

    def change(step: CaseStep) -> NoticeView:
        step.require_version(version)
        work(step, step.connection.execute(_locked(row.key)).one())
        return _view(
            step.connection.execute(_locked(row.key)).one(),
            _copies(step.connection, principal, [row.key]).get(row.key, []),
        )

    return guarded(engine, row.case_key, attempted, actor, change)


def find_notice(
    engine: Engine, connection: Connection, principal: Principal, case_key: str, notice_key: str
) -> AnyRow:
    """The row of a notice, with the digest of its document.

    Raises:
        NotFound: there is none for this principal.
    """
    case = find_case(engine, connection, principal, case_key)
    query = _seen_by(principal).where(_notice.c.case_key == case.key, _notice.c.key == sight.key(notice_key))
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no notice {notice_key} in case {case_key} for you.")
    return row


def _locked(notice_key: int) -> Select[Any]:
    return _NOTICES.where(_notice.c.key == notice_key)


def _seen_by(principal: Principal) -> Select[Any]:
    """The notices that a principal sees: all, or those that went to the own organisation."""
    if sight.sees_whole_cases(principal):
        return _NOTICES
    own = _delivery.c.organisation.in_(sight.organisations(principal))
    return _NOTICES.where(exists(select(_delivery.c.key).where(_delivery.c.notice_key == _notice.c.key, own)))


def _copies(
    connection: Connection, principal: Principal, notices: list[int]
) -> dict[int, list[DeliveryView]]:
    whole = sight.sees_whole_cases(principal)
    mine = true() if whole else _delivery.c.organisation.in_(sight.organisations(principal))
    query = select(_delivery).where(_delivery.c.notice_key.in_(notices), mine).order_by(_delivery.c.key)
    found: dict[int, list[DeliveryView]] = {}
    for row in connection.execute(query):
        found.setdefault(row.notice_key, []).append(_copy_view(row))
    return found


def _view(row: AnyRow, copies: list[DeliveryView]) -> NoticeView:
    return NoticeView(
        key=str(row.key),
        kind=row.kind,
        title=vocabulary().notices.get(row.kind, row.kind),
        occurrence=row.occurrence or None,
        element_id=row.element_id,
        template_version=row.template_version,
        appealable=row.appealable,
        rights_holder=row.rights_holder,
        made_on=row.made_on,
        sent_on=row.sent_on,
        served_on=row.served_on,
        received_on=row.received_on,
        digest=row.digest,
        pdf_digest=row.pdf_digest,
        pdf_made_at=row.pdf_made_at,
        pdf_maker=row.pdf_maker,
        deliveries=copies,
    )


def _copy_view(row: AnyRow) -> DeliveryView:
    return DeliveryView(
        key=str(row.key),
        recipient=row.recipient,
        organisation=row.organisation,
        family_member_key=str(row.family_member_key) if row.family_member_key else None,
        channel=row.channel,
        state=row.state,
        sent_on=row.sent_on,
        served_on=row.served_on,
        delivered_on=row.delivered_on,
        chased_on=row.chased_on,
    )


_notice, _delivery = tables.notice, tables.delivery
_NOTICES = select(_notice, tables.document.c.digest).join(
    tables.document, tables.document.c.key == _notice.c.document_key
)
_CONTENT = select(tables.document.c.content).where(tables.document.c.key == bindparam("document"))
_COPY = select(_delivery).where(
    _delivery.c.notice_key == bindparam("of"), _delivery.c.key == bindparam("row_key")
)
_HAS_COPY = select(_delivery.c.key).where(
    _delivery.c.notice_key == bindparam("of"),
    _delivery.c.family_member_key == bindparam("who"),
    _delivery.c.state != "failed",
)
_NEW = insert(_delivery).returning(_delivery.c.key)
#: A copy that failed, of the same person or of nobody in particular: it doesn't count once another takes its
#: place.
_GIVE_WAY = (
    update(_delivery)
    .where(
        _delivery.c.notice_key == bindparam("of"),
        _delivery.c.organisation.is_(None),
        or_(_delivery.c.family_member_key == bindparam("who"), _delivery.c.family_member_key.is_(None)),
        _delivery.c.state == "failed",
        _delivery.c.counts,
    )
    .values(counts=False)
)
