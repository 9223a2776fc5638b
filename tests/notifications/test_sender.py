"""What waits in the outbox reaches its channel: in order, once, and whatever fails meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine.services.messages import queue
from engine.store import tables
from engine.store.message_tables import outbox, outbox_attempt
from notifications.channels import Outgoing, Refused, TryAgain
from notifications.lanes import REST
from notifications.sender import Sender
from tests.engine.services.rows import count, rows
from tests.support.desk import Desk, opened_desk
from tests.support.postman import Postman, give_mailbox, message, post, post_many


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened_desk(database_url) as opened:
        give_mailbox(opened, opened.member("service_manager"))
        yield opened


def sender(desk: Desk, *postmen: Postman) -> Sender:
    return Sender(desk.engine, {each.name: each for each in postmen})


def later(desk: Desk, wait: timedelta) -> None:
    desk.clock.advance_to(desk.clock.now() + wait)


def fails(problem: Exception) -> object:
    def fail(_message: Outgoing) -> None:
        raise problem

    return fail


def test_a_message_goes_out_to_its_person_and_is_written_down(desk: Desk) -> None:
    postman = Postman()
    key = post(desk, "alert:1")
    assert sender(desk, postman).send_due() == 1
    (handed,) = postman.handed
    assert (handed.address, handed.subject) == ("reader@send.example", "A limit is near")
    row = message(desk, key)
    assert (row.state, row.attempts, row.provider, row.provider_reference) == (
        "sent", 1, "postman", "name of alert:1",
    )  # fmt: skip
    assert row.sent_at == desk.clock.now()
    (tried,) = rows(desk, outbox_attempt)
    assert (tried.outbox_key, tried.provider, tried.outcome) == (key, "postman", "accepted")
    assert sender(desk, postman).send_due() == 0


def test_what_is_not_due_yet_waits(desk: Desk) -> None:
    postman = Postman()
    post(desk, "alert:1", next_at=desk.clock.now() + timedelta(hours=1))
    assert sender(desk, postman).send_due() == 0
    later(desk, timedelta(hours=1))
    assert sender(desk, postman).send_due() == 1


def test_it_is_tried_again_after_longer_and_longer_waits_and_given_up_at_last(desk: Desk) -> None:
    postman = Postman()
    postman.before = fails(TryAgain("busy"))
    key, at_work = post(desk, "alert:1"), sender(desk, postman)
    for attempt, wait in enumerate(queue.WAITS, start=1):
        assert at_work.send_due() == 1
        row = message(desk, key)
        assert (row.state, row.attempts, row.outcome) == ("waiting", attempt, "busy")
        left = row.next_at - desk.clock.now()
        assert wait * 0.8 <= left <= wait * 1.2
        assert at_work.send_due() == 0
        later(desk, max(left, REST))
    at_work.send_due()
    assert message(desk, key).state == "failed"
    assert count(desk, outbox_attempt, outbox_key=key) == len(queue.WAITS) + 1


def test_what_is_refused_is_not_tried_again(desk: Desk) -> None:
    postman = Postman()
    postman.before = fails(Refused("no-such-mailbox"))
    key, at_work = post(desk, "alert:1"), sender(desk, postman)
    at_work.send_due()
    later(desk, timedelta(days=5))
    at_work.send_due()
    row = message(desk, key)
    assert (row.state, row.outcome, row.attempts) == ("failed", "no-such-mailbox", 1)


def test_a_channel_that_asks_for_rest_gets_it_and_nothing_is_counted_against_what_waits(desk: Desk) -> None:
    postman = Postman()
    postman.before = fails(TryAgain("too-many", timedelta(minutes=7)))
    keys, at_work = post_many(desk, [f"alert:{number}" for number in range(20)]), sender(desk, postman)
    at_work.send_due()
    assert sorted(message(desk, key).attempts for key in keys) == [0] * 19 + [1]
    later(desk, timedelta(minutes=6))
    assert at_work.send_due() == 0
    postman.before = lambda _message: None
    later(desk, timedelta(minutes=4))
    at_work.send_due()
    assert len(postman.handed) == 20


def test_a_channel_that_only_fails_is_left_alone_for_a_while(desk: Desk) -> None:
    postman = Postman()
    tried: list[Outgoing] = []

    def fail(outgoing: Outgoing) -> None:
        tried.append(outgoing)
        raise TryAgain("unreachable")

    postman.before = fail
    post_many(desk, [f"alert:{number}" for number in range(50)])
    sender(desk, postman).send_due()
    assert len(tried) == 5


def test_a_broken_channel_holds_up_no_other(desk: Desk) -> None:
    broken, postman = Postman("text"), Postman()
    broken.before = fails(RuntimeError("a person's name"))
    post_many(desk, [f"text:{number}" for number in range(8)], channel="text")
    post(desk, "alert:1")
    sender(desk, broken, postman).send_due()
    assert postman.references == ["alert:1"]


def test_notices_go_first_and_no_rank_starves(desk: Desk) -> None:
    postman = Postman()
    post_many(desk, [f"rest:{number}" for number in range(300)], rank=2)
    post_many(desk, [f"alert:{number}" for number in range(300)], rank=1)
    post_many(desk, [f"notice:{number}" for number in range(300)], rank=0)
    first = queue.take_due(desk.engine, [postman.name])
    assert len(first) == queue.TAKEN_AT_ONCE
    kinds = [each.reference.partition(":")[0] for each in first]
    assert kinds == ["notice"] * 160 + ["alert"] * 20 + ["rest"] * 20


def test_a_message_is_leased_to_one_sender_alone(desk: Desk) -> None:
    post_many(desk, [f"alert:{number}" for number in range(30)])
    first, second = (queue.take_due(desk.engine, ["email"], most=20) for _ in range(2))
    taken = [each.reference for each in (*first, *second)]
    assert len(taken) == len(set(taken)) == 30
    assert queue.take_due(desk.engine, ["email"]) == []


def test_a_lost_senders_message_is_asked_for_before_it_is_sent_again(desk: Desk) -> None:
    postman = Postman()
    key = post(desk, "alert:1")
    queue.take_due(desk.engine, ["email"])  # and its sender is lost with it
    later(desk, queue.LEASE)
    sender(desk, postman).send_due()
    assert postman.asked == ["alert:1"]
    assert message(desk, key).state == "sent"


def test_what_is_for_the_inbox_is_there_without_a_channel(desk: Desk) -> None:
    key = post(desk, "alert:1", channel="inbox")
    assert sender(desk).send_due() == 1
    assert (message(desk, key).state, message(desk, key).outcome) == ("delivered", "inbox")


def test_a_way_that_is_not_set_up_leaves_the_message_in_the_inbox(desk: Desk) -> None:
    key = post(desk, "alert:1")
    sender(desk).send_due()
    assert (message(desk, key).state, message(desk, key).channel) == ("delivered", "email")
    assert message(desk, key).outcome == "inbox"


def test_who_has_no_address_finds_it_in_the_inbox(desk: Desk) -> None:
    give_mailbox(desk, desk.member("service_manager"), None)
    key, postman = post(desk, "alert:1"), Postman()
    sender(desk, postman).send_due()
    row = message(desk, key)
    assert (row.state, row.outcome, postman.handed) == ("delivered", "no address", [])


def test_who_has_left_since_is_sent_nothing_and_somebody_must_see_to_it(desk: Desk) -> None:
    key, postman = post(desk, "alert:1"), Postman()
    member, yesterday = desk.member("service_manager").membership_key, desk.clock.today() - timedelta(days=1)
    with desk.engine.database.write() as connection:
        connection.execute(
            update(tables.membership).where(tables.membership.c.key == member).values(valid_to=yesterday)
        )
    sender(desk, postman).send_due()
    row = message(desk, key)
    assert (row.state, row.outcome, postman.handed) == ("failed", "no longer a member", [])


def test_what_was_held_meanwhile_and_went_out_all_the_same_is_told_as_sent(desk: Desk) -> None:
    postman, key = Postman(), post(desk, "alert:1")

    def hold(_message: Outgoing) -> None:
        with desk.engine.database.write() as connection:
            connection.execute(update(outbox).where(outbox.c.key == key).values(state="held"))

    postman.after = hold
    sender(desk, postman).send_due()
    assert message(desk, key).state == "sent"


def test_failed_attempts_hold_no_address(desk: Desk) -> None:
    postman = Postman()
    postman.before = fails(RuntimeError("reader@send.example isn't there"))
    post(desk, "alert:1")
    sender(desk, postman).send_due()
    with desk.engine.database.read() as connection:
        assert connection.execute(select(outbox_attempt.c.outcome)).scalars().all() == ["error RuntimeError"]
