"""The copies of a notice: how each goes out, and what its days mean for the notice and the case's limits.

Made, sent, served and received are facts of each copy. The notice's own days are the latest of the copies
that count: of those that hold the rights, without what somebody was sent besides. When a copy is posted later
than the letter was made, or goes another way because the first failed, the notice's days move, and with them
the facts that it set.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from engine.definitions import vocabulary
from engine.errors import BadInput, Conflict, NotFound
from engine.services.audit.audit import Event
from engine.services.notices.notice_recipients import Recipient
from engine.services.reviews import review_due
from engine.store import tables
from engine.store.message_tables import outbox
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: Facts whose name ends so fall on the day of service.
SERVED = "_served_on"
#: The template of the message that tells of a copy.
WORDING = "notice_sent"
_TO_DO = "Sign in and read the notice."


def post_copy(
    step: CaseStep,
    delivery_key: int,
    recipient: Recipient,
    notice_key: int,
    notice: str,
    title: str | None,
    occurrence: str = "",
) -> None:
    """Put the message in the outbox by which a copy goes out: a letter to be printed, or word of it.

    It goes before everything else, and names nobody. A way by electronic means is only ever one that the
    recipient has agreed to in writing; organisations find it in their inbox.
    """
    sent = step.today.isoformat()
    step.post(
        "notice",
        reference=f"copy:{delivery_key}",
        recipient=recipient.code,
        subject=f"Case {step.case_key}: {title or 'a copy of a notice'}",
        body={
            **told_of(step, notice, f"/cases/{step.case_key}/notices/{notice_key}"),
            "occurrence": occurrence,
            "organisation": recipient.organisation,
            "noticeKey": str(notice_key),
            "deliveryKey": str(delivery_key),
            "madeOn": sent,
            "sentOn": sent,
        },
        channel=_way(step, recipient),
        wording=WORDING,
        delivery_key=delivery_key,
        rank=0,
    )


def told_of(step: CaseStep, notice: str, link: str) -> dict[str, object]:
    """What every message of a notice says: the case, the step, what to do, and where to read it."""
    return {
        "case": str(step.case_key),
        "notice": notice,
        "step": vocabulary().notices.get(notice, notice),
        "whatToDo": _TO_DO,
        "link": link,
    }


def _way(step: CaseStep, recipient: Recipient) -> str:
    """The channel of the outbox that carries a copy. By post: Notify's printers where they are set up."""
    if recipient.organisation is not None:
        return "inbox"
    if recipient.channel != "post":
        return recipient.channel
    notify = step.engine.settings.sending.notify
    return "letter" if notify is not None and notify.letters else "print"


def note_arrival(step: CaseStep, delivery_key: int, state: str, on: date) -> None:
    """Write down what became of a copy, and on which day.

    Args:
        state: `delivered` or `failed`.

    Raises:
        NotFound: the case has no such copy.
        Conflict: it is known to have arrived.
        BadInput: the day lies before the sending or after today.
    """
    copy = copy_in(step, delivery_key)
    if copy.state == "delivered":
        raise Conflict(f"This copy is known to have arrived on {copy.delivered_on}.")
    if on < copy.sent_on:
        raise BadInput.field("on", f"A copy can't arrive before it was sent, on {copy.sent_on}.")
    if on > step.today:
        raise BadInput.field("on", f"This day can't lie after today, {step.today}.")
    arrived = on if state == "delivered" else None
    step.connection.execute(_RECORD, {"row_key": copy.key, "new_state": state, "arrived": arrived})
    if arrived is not None:
        step.connection.execute(_TAKE_BACK, {"copy": copy.key, "at": step.now})
    if arrived is not None and copy.organisation is None:
        received = max(arrived, copy.received_on or arrived)
        step.connection.execute(_RECEIVED, {"row_key": copy.notice_key, "on": received})
    step.audit.append(
        Event.DELIVERY_RECORDED, notice=copy.notice_key, delivery=copy.key, state=state, on=on.isoformat()
    )
    if arrived is not None and copy.channel == "by_hand":
        leave_house(step, copy, arrived, channel="by_hand", served_on=arrived, chase_at=None)


def leave_house(
    step: CaseStep, copy: AnyRow, on: date, *, channel: str, served_on: date, chase_at: datetime | None
) -> None:
    """A copy was posted or handed over on a day: that is when it was sent, whatever was thought before.

    Args:
        channel: how it left, which may be another way than was meant.
        served_on: the day on which it counts as served.
        chase_at: the instant from which it is chased if nothing is known of its arrival.
    """
    values = {
        "row_key": copy.key,
        "new_way": channel,
        "new_sent": on,
        "new_served": served_on,
        "new_chase": chase_at,
    }
    step.connection.execute(_LEAVE, values)
    if copy.counts:
        settle_days(step, copy.notice_key, also_sent=True)


def copy_in(step: CaseStep, delivery_key: int) -> AnyRow:
    """A copy of a notice of the case, with what is asked of its notice.

    Raises:
        NotFound: the case has no such copy.
    """
    row = step.connection.execute(_COPY, {"case": step.case_key, "row_key": delivery_key}).one_or_none()
    if row is None:
        raise NotFound(f"There is no delivery {delivery_key} of a notice of case {step.case_key}.")
    return row


def settle_days(step: CaseStep, notice_key: int, *, also_sent: bool) -> None:
    """Let a notice's days follow those of its copies, and the case's facts and limits follow the notice's.

    A fact that somebody corrected meanwhile stays as it is.

    Args:
        also_sent: whether its sending moves too, and not its service alone. It does where a letter left the
            house on another day than was thought; what goes a second way has been sent before.
    """
    notice = step.connection.execute(_NOTICE, {"row_key": notice_key}).one()
    copies = step.connection.execute(_THAT_COUNT, {"of": notice_key}).all()
    if not copies:
        return
    sent_on = max(copy.sent_on for copy in copies) if also_sent else notice.sent_on
    served_on = max(copy.served_on for copy in copies)
    if (sent_on, served_on) == (notice.sent_on, notice.served_on):
        return
    step.connection.execute(_MOVE, {"row_key": notice_key, "new_sent": sent_on, "new_served": served_on})
    step.audit.append(
        Event.NOTICE_MOVED, notice=notice_key, sent=sent_on.isoformat(), served=served_on.isoformat()
    )
    for fact in notice.stamps:
        before, after = (notice.served_on, served_on) if fact.endswith(SERVED) else (notice.sent_on, sent_on)
        _follow(step, fact, notice.occurrence, before, after)
    step.rearm()
    step.save()  # what has become due by it is looked up in the tables
    step.fire_due()


def _follow(step: CaseStep, fact: str, occurrence: str, before: date, after: date) -> None:
    if after != before and step.ledger.anchors.get((fact, occurrence)) == before:
        step.ledger.record(fact, after, occurrence, correcting=True)
        review_due.follow(step, fact, after, occurrence)


_notice, _delivery = tables.notice, tables.delivery
_COPY = (
    select(_delivery, _notice.c.kind, _notice.c.received_on, _notice.c.made_on)
    .join(_notice, _notice.c.key == _delivery.c.notice_key)
    .where(_delivery.c.case_key == bindparam("case"), _delivery.c.key == bindparam("row_key"))
)
_RECORD = (
    update(_delivery)
    .where(_delivery.c.key == bindparam("row_key"))
    .values(state=bindparam("new_state"), delivered_on=bindparam("arrived"), chase_at=None)
)
#: What is known to have arrived is neither sent nor printed any more.
_TAKE_BACK = (
    update(outbox)
    .where(outbox.c.delivery_key == bindparam("copy"), outbox.c.state == "waiting")
    .values(state="canceled", ended_at=bindparam("at"), outcome="arrived", version=outbox.c.version + 1)
)
_LEAVE = (
    update(_delivery)
    .where(_delivery.c.key == bindparam("row_key"))
    .values(
        channel=bindparam("new_way"),
        sent_on=bindparam("new_sent"),
        served_on=bindparam("new_served"),
        chase_at=bindparam("new_chase"),
    )
)
_RECEIVED = update(_notice).where(_notice.c.key == bindparam("row_key")).values(received_on=bindparam("on"))
_NOTICE = select(_notice).where(_notice.c.key == bindparam("row_key"))
_THAT_COUNT = select(_delivery.c.sent_on, _delivery.c.served_on).where(
    _delivery.c.notice_key == bindparam("of"), _delivery.c.organisation.is_(None), _delivery.c.counts
)
_MOVE = (
    update(_notice)
    .where(_notice.c.key == bindparam("row_key"))
    .values(sent_on=bindparam("new_sent"), served_on=bindparam("new_served"))
)
