"""A sender that is cut off at any of its steps, and several at once: nothing is lost, nothing is sent twice."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.services.messages.queue import LEASE, TAKEN_AT_ONCE
from engine.store.message_tables import outbox
from notifications.channels import Refused
from notifications.sender import Sender
from tests.engine.services.rows import count, rows
from tests.support.desk import Desk, opened_desk
from tests.support.postman import Postman, give_mailbox, post, post_many
from tests.support.together import at_once

#: How many transactions a sender has with four messages, one of them refused, the last included.
CUTS = range(1, 8) if os.environ.get("EHC_FAULTS") == "long" else (1, 2, 3)


class Killed(BaseException):
    """As a kill: nothing in the sender catches it."""


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened_desk(database_url) as opened:
        Sender(opened.engine, {}).send_due()
        give_mailbox(opened, opened.member("service_manager"))
        yield opened


def sender(desk: Desk, postman: Postman) -> Sender:
    return Sender(desk.engine, {postman.name: postman})


class Cut:
    """A database whose nth transaction is cut off, before it's committed or just after."""

    def __init__(self, desk: Desk, nth: int, *, committed: bool) -> None:
        self._write, self._left, self._committed = desk.engine.database.write, nth, committed
        self.was_cut = False

    @contextmanager
    def write(self) -> Iterator[Any]:
        self._left -= 1
        cut = self._left == 0
        self.was_cut |= cut
        with self._write() as connection:
            yield connection
            if cut and not self._committed:
                raise Killed
        if cut:
            raise Killed


@pytest.mark.parametrize("committed", [False, True], ids=["rolled back", "committed"])
@pytest.mark.parametrize("nth", CUTS)
def test_cut_off_at_a_transaction(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, nth: int, committed: bool
) -> None:
    case, postman = desk.request(), Postman()
    Sender(desk.engine, {}).send_due()
    references = [f"message {number}" for number in range(4)]
    post_many(desk, references, case_key=int(case.key))

    def refuse_the_third(outgoing: Any) -> None:
        if outgoing.reference == "message 2":
            raise Refused("no-such-mailbox")

    postman.before = refuse_the_third
    cut = Cut(desk, nth, committed=committed)
    with monkeypatch.context() as patched:
        patched.setattr(desk.engine.database, "write", cut.write)
        try:
            sender(desk, postman).send_due()
        except Killed:
            assert cut.was_cut
    for _ in range(3):
        desk.clock.advance_to(desk.clock.now() + LEASE + timedelta(seconds=1))
        sender(desk, postman).send_due()
    assert Counter(postman.references) == {"message 0": 1, "message 1": 1, "message 3": 1}
    stands = {row.reference: row.state for row in rows(desk, outbox) if row.reference in references}
    assert stands == {each: "failed" if each == "message 2" else "sent" for each in references}
    assert [task.element_id for task in case.tasks()].count("see_to_message") == 1


def test_two_senders_at_once_send_each_message_once(desk: Desk) -> None:
    postman = Postman(at_a_time=2)
    post_many(desk, [f"message {number}" for number in range(120)])
    at_once([sender(desk, postman).send_due for _ in range(2)])
    assert max(Counter(postman.references).values()) == 1
    assert len(postman.handed) == count(desk, outbox, state="sent") == 120


def test_ten_thousand_alerts_drain_and_hold_up_no_notice(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk:
        Sender(desk.engine, {}).send_due()
        give_mailbox(desk, desk.member("service_manager"))
        postman = Postman()
        post_many(desk, [f"alert {number}" for number in range(10_000)], rank=1)
        post(desk, "digest", rank=2)

        def post_a_notice(outgoing: Any) -> None:
            if outgoing.reference == "alert 700":
                post(desk, "notice", rank=0, next_at=desk.clock.now())

        postman.after = post_a_notice
        while sender(desk, postman).send_due():
            pass
        sent = postman.references
        assert len(sent) == len(set(sent)) == 10_002
        assert sent.index("notice") - sent.index("alert 700") <= TAKEN_AT_ONCE
        assert sent.index("digest") < TAKEN_AT_ONCE
        assert [each for each in sent if each.startswith("alert")] == [
            f"alert {number}" for number in range(10_000)
        ]
        with desk.engine.database.read() as connection:
            left = select(func.count()).where(outbox.c.state == "waiting")
            assert connection.execute(left).scalar() == 0
