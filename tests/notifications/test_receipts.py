"""What became of a message is taken from whoever tells it, in any order and more than once, and asked for where
nobody tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.errors import NotFound
from engine.sending_settings import NotifySettings, SendingSettings
from engine.services.audit.audit import Actor
from engine.services.incidents import guarded
from engine.services.messages import awaited, queue, receipts
from engine.services.messages.queue import Sent
from engine.store.message_tables import outbox, outbox_attempt
from engine.store.plan_tables import delivery, notice
from engine.store.types import AnyRow
from notifications.channels.configured import channels_of
from notifications.receipts import ask_after, from_notify
from notifications.webhooks import send_due
from tests.engine.services.rows import rows
from tests.notifications.outgoing import alert
from tests.support.desk import CaseDesk, Desk, opened_desk
from tests.support.notify import EMAIL, KEY, TEXT, Notify, standing_in_for_notify

REFERENCE = "a message of this test"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened_desk(database_url) as opened:
        yield opened


@pytest.fixture
def there(desk: Desk) -> Iterator[Notify]:
    """A stand-in for Notify, at which the desk's engine has its account."""
    with standing_in_for_notify(desk.clock) as opened:
        account = NotifySettings(
            key=KEY, url=opened.url, templates={"email": EMAIL, "text": TEXT}, letters=True
        )
        sending = SendingSettings(notify=account)
        desk.engine.settings = replace(desk.engine.settings, sending=sending)
        yield opened


def sent(desk: Desk, case: CaseDesk, *, address: str = "a@example.org", **more: Any) -> AnyRow:
    """A message of a case that a channel has taken, as a sender would have it."""
    post(desk, case, **more)
    hand_over(desk, address)
    return row_of(desk)


def post(desk: Desk, case: CaseDesk, *, channel: str = "email", delivery_key: int | None = None) -> None:
    def work(step: Any) -> None:
        step.post(
            "notice" if delivery_key else "alert",
            reference=REFERENCE,
            recipient="family" if delivery_key else "service_manager@send_team",
            subject="Case: read what waits",
            body={"case": case.key},
            channel=channel,
            delivery_key=delivery_key,
        )

    guarded(desk.engine, int(case.key), "tell", Actor.clock(), work)


def hand_over(desk: Desk, address: str) -> None:
    """Send what is due of this test."""
    channels = channels_of(desk.engine)
    for message in queue.take_due(desk.engine, ("email", "text", "letter", "webhook")):
        carrier = channels[message.channel]
        outgoing = alert(
            reference=message.reference, address=address, attachment=b"%PDF-1.7", authority=desk.authority
        )
        taken = carrier.send(outgoing)
        result = Sent(message, taken.provider, taken.provider_reference, taken.is_final)
        queue.record(desk.engine, [result])
        carrier.close()


def row_of(desk: Desk) -> AnyRow:
    with desk.engine.database.read() as connection:
        return connection.execute(select(outbox).where(outbox.c.reference == REFERENCE)).one()


def told(desk: Desk, said: dict[str, Any], **changes: Any) -> bool:
    return receipts.take(desk.engine, from_notify({**said, **changes}))


def later(desk: Desk, wait: timedelta) -> None:
    desk.clock.advance(wait)


def outcomes(desk: Desk, row: AnyRow) -> list[str]:
    return [each.outcome for each in rows(desk, outbox_attempt) if each.outbox_key == row.key]


def test_what_arrived_is_delivered_and_nothing_that_comes_later_changes_it(desk: Desk, there: Notify) -> None:
    sent(desk, desk.request())
    (said,) = there.finish()
    assert not told(desk, said, status="sending")
    assert told(desk, said)
    row = row_of(desk)
    assert (row.state, row.outcome, row.ended_at) == ("delivered", "notify-delivered", desk.clock.now())
    assert outcomes(desk, row)[-1] == "notify-delivered"
    for late in ("delivered", "sending", "temporary-failure", "permanent-failure"):
        assert not told(desk, said, status=late)
    assert row_of(desk) == row


def test_what_never_arrives_fails_and_somebody_sees_to_it(desk: Desk, there: Notify) -> None:
    case = desk.request()
    sent(desk, case, address="perm-fail@simulator.notify")
    (said,) = there.finish()
    assert told(desk, said)
    assert not told(desk, said)
    row = row_of(desk)
    assert (row.state, row.outcome) == ("failed", "notify-permanent-failure")
    assert not told(desk, said, status="delivered")
    assert case.task("see_to_message").organisation == "send_team"


def test_what_couldnt_be_delivered_now_is_sent_anew_a_few_times(desk: Desk, there: Notify) -> None:
    sent(desk, desk.request(), address="temp-fail@simulator.notify")
    for attempt in range(1, receipts.MOST_RESENT + 1):
        (said,) = there.finish()
        assert told(desk, said)
        row = row_of(desk)
        assert (row.state, row.attempts) == ("waiting", attempt)
        assert row.next_at > desk.clock.now()
        assert not told(desk, said), "the same receipt again"
        desk.clock.advance_to(row.next_at)
        hand_over(desk, "temp-fail@simulator.notify")
        assert row_of(desk).state == "sent"
    (said,) = there.finish()
    assert told(desk, said)
    assert row_of(desk).state == "failed"


def test_a_failure_of_an_attempt_that_was_followed_by_another_is_no_news(desk: Desk, there: Notify) -> None:
    sent(desk, desk.request(), address="temp-fail@simulator.notify")
    (first,) = there.finish()
    told(desk, first)
    desk.clock.advance_to(row_of(desk).next_at)
    hand_over(desk, "a@example.org")
    assert not told(desk, first, status="permanent-failure")
    assert row_of(desk).state == "sent"
    assert told(desk, first, status="delivered"), "but whichever arrives, arrived"
    assert row_of(desk).state == "delivered"


def test_a_receipt_that_is_faster_than_the_senders_pen_counts(desk: Desk, there: Notify) -> None:
    post(desk, desk.request())
    (message,) = queue.take_due(desk.engine, ("email",))
    taken = channels_of(desk.engine)["email"].send(alert(reference=REFERENCE))
    (said,) = there.finish()
    assert told(desk, said)
    result = Sent(message, taken.provider, taken.provider_reference, is_final=False)
    queue.record(desk.engine, [result])
    assert row_of(desk).state == "delivered"


def test_a_receipt_of_nothing_that_was_sent_is_refused(desk: Desk, there: Notify) -> None:
    sent(desk, desk.request())
    (said,) = there.finish()
    for unknown in ({"reference": "another"}, {"reference": None, "id": "another"}):
        with pytest.raises(NotFound):
            told(desk, said, **unknown)
    assert told(desk, said, reference=None), "Notify's own name is enough"


def decided(desk: Desk) -> tuple[CaseDesk, AnyRow]:
    """A case of which the family was sent a notice, and the copy of it."""
    case = desk.request()
    case.complete("register_request")
    copies = rows(desk, delivery, case_key=int(case.key), organisation=None)
    return case, copies[0]


def copy_of(desk: Desk, copy: AnyRow) -> AnyRow:
    with desk.engine.database.read() as connection:
        return connection.execute(select(delivery).where(delivery.c.key == copy.key)).one()


def test_a_copy_of_a_notice_arrives_with_its_message(desk: Desk, there: Notify) -> None:
    case, copy = decided(desk)
    sent(desk, case, delivery_key=copy.key)
    later(desk, timedelta(days=1))
    (said,) = there.finish()
    assert told(desk, said)
    found = copy_of(desk, copy)
    assert (found.state, found.delivered_on, found.chase_at) == ("delivered", desk.clock.today(), None)
    (row,) = (each for each in rows(desk, notice) if each.key == copy.notice_key)
    assert row.received_on == desk.clock.today()


def test_a_copy_that_cant_be_delivered_fails_with_its_message(desk: Desk, there: Notify) -> None:
    case, copy = decided(desk)
    sent(desk, case, delivery_key=copy.key, address="perm-fail@simulator.notify")
    (said,) = there.finish()
    assert told(desk, said)
    assert (copy_of(desk, copy).state, row_of(desk).state) == ("failed", "failed")


def test_whoever_isnt_told_asks_less_and_less_often(desk: Desk, there: Notify) -> None:
    sent(desk, desk.request())
    assert ask_after(desk.engine) == 0
    waits = []
    while desk.clock.now() - row_of(desk).sent_at < timedelta(days=2):
        before = desk.clock.now()
        desk.clock.advance_to(row_of(desk).next_at)
        waits.append(desk.clock.now() - before)
        assert ask_after(desk.engine) == 0
    assert waits[1] == timedelta(minutes=5)
    assert waits[-1] == timedelta(hours=6)
    assert len(waits) < 25
    there.finish()
    desk.clock.advance_to(row_of(desk).next_at)
    assert ask_after(desk.engine) == 1
    assert (row_of(desk).state, ask_after(desk.engine)) == ("delivered", 0)


def test_after_a_week_nobody_is_asked_any_more(desk: Desk, there: Notify) -> None:
    sent(desk, desk.request())
    later(desk, awaited.PATIENCE + timedelta(hours=1))
    assert ask_after(desk.engine) == 1
    row = row_of(desk)
    assert (row.state, row.outcome) == ("sent", awaited.UNHEARD)
    later(desk, timedelta(days=30))
    assert ask_after(desk.engine) == 0
    assert there.kept


def test_what_notify_has_forgotten_is_let_go_and_one_that_is_away_asked_again(
    desk: Desk, there: Notify
) -> None:
    sent(desk, desk.request())
    url = there.url
    account = desk.engine.settings.sending.notify
    assert account is not None
    with standing_in_for_notify(desk.clock) as gone:
        away = gone.url
    for address, changed in ((away, 0), (url, 1)):
        there.kept.clear()
        sending = SendingSettings(notify=replace(account, url=address))
        desk.engine.settings = replace(desk.engine.settings, sending=sending)
        desk.clock.advance_to(row_of(desk).next_at)
        assert ask_after(desk.engine) == changed
    assert row_of(desk).outcome == awaited.UNHEARD


def test_where_there_is_no_account_any_more_nobody_is_asked_for_ever(desk: Desk, there: Notify) -> None:
    sent(desk, desk.request())
    desk.engine.settings = replace(desk.engine.settings, sending=SendingSettings())
    desk.clock.advance_to(row_of(desk).next_at)
    assert ask_after(desk.engine) == 0
    later(desk, awaited.PATIENCE)
    assert ask_after(desk.engine) == 1
    assert (row_of(desk).state, row_of(desk).outcome, len(there.kept)) == ("sent", awaited.UNHEARD, 1)


def test_a_letter_that_was_posted_is_asked_after_no_more(desk: Desk, there: Notify) -> None:
    sent(desk, desk.request(), channel="letter")
    there.finish()
    desk.clock.advance_to(row_of(desk).next_at)
    assert ask_after(desk.engine) == 1
    row = row_of(desk)
    assert (row.state, row.outcome, row.ended_at) == ("sent", "notify-received", desk.clock.now())


def test_what_went_to_a_webhook_is_asked_after_in_its_queue(desk: Desk) -> None:
    from engine.services.webhooks import webhooks
    from tests.support.receiver import receiving

    with receiving() as receiver:
        desk.engine.settings = replace(desk.engine.settings, webhooks_allow_loopback=True)
        admin = desk.member("administrator")
        webhooks.create_webhook(desk.engine, admin, receiver.url, ["case.withdrawn"], "Desk")
        sent(desk, desk.request(), channel="webhook", address=receiver.url)
        desk.clock.advance_to(row_of(desk).next_at)
        assert ask_after(desk.engine) == 0
        send_due(desk.engine)
        desk.clock.advance_to(row_of(desk).next_at)
        assert ask_after(desk.engine) == 1
    assert (row_of(desk).state, row_of(desk).outcome) == ("delivered", "webhook-204")
