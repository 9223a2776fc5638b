"""What can't be sent becomes a caseworker's task, once, and goes out again when they have seen to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.errors import BadInput
from engine.services.messages import dead_letters, inbox
from engine.store import tables
from engine.store.hearing_tables import hearing
from engine.store.message_tables import outbox, outbox_attempt
from tests.engine.services.rows import count, differences, events, rows
from tests.support.desk import CaseDesk, Desk
from tests.support.postman import message, post

TASK = "see_to_message"


def lost(case: CaseDesk, reference: str = "alert:1", **changes: object) -> int:
    """A message of the case that the channel has refused."""
    key = post(case.desk, reference, case_key=int(case.key), **changes)
    assert dead_letters.give_up(case.desk.engine, key, "no-such-mailbox")
    return key


def test_a_caseworker_gets_a_task_and_the_message_has_failed(either_case: CaseDesk) -> None:
    key = lost(either_case)
    task = either_case.task(TASK)
    assert (task.organisation, task.form_key) == ("send_team", "undelivered")
    row = message(either_case.desk, key)
    assert (row.state, row.outcome) == ("failed", "no-such-mailbox")
    (told,) = events(either_case, "message:undelivered")
    assert told["details"]["message"] == key
    assert differences(either_case.desk) == []


def test_nobody_is_told_twice_of_one_message(case: CaseDesk) -> None:
    key = lost(case)
    assert not dead_letters.give_up(case.desk.engine, key, "no-such-mailbox")
    with case.desk.engine.database.write() as connection:  # sent again by an administrator, in vain
        connection.execute(outbox.update().where(outbox.c.key == key).values(state="waiting"))
    assert dead_letters.give_up(case.desk.engine, key, "no-such-mailbox")
    assert [each.element_id for each in case.tasks()].count(TASK) == 1


def test_what_was_seen_to_goes_out_again_under_the_same_reference(case: CaseDesk) -> None:
    key = lost(case)
    case.complete(TASK, resend="again")
    row = message(case.desk, key)
    assert (row.state, row.attempts, row.reference, row.ended_at) == ("waiting", 0, "alert:1", None)
    assert TASK not in case.waiting()
    assert dead_letters.give_up(case.desk.engine, key, "no-such-mailbox")
    assert TASK in case.waiting()


def test_what_is_not_needed_stays_as_it_is(case: CaseDesk) -> None:
    key = lost(case)
    case.complete(TASK, resend="not_needed", why="They were told by telephone.")
    assert message(case.desk, key).state == "failed"


def test_only_the_copy_of_a_notice_goes_by_post(case: CaseDesk) -> None:
    lost(case)
    with pytest.raises(BadInput):
        case.complete(TASK, resend="post")


def test_the_copy_of_a_notice_is_printed_where_its_way_is_closed(case: CaseDesk) -> None:
    case.complete("register_request")
    (copy, *_) = rows(case.desk, tables.delivery)
    key = lost(case, "copy:lost", kind="notice", delivery_key=copy.key, membership_key=None)
    case.complete(TASK, resend="post")
    assert (message(case.desk, key).state, message(case.desk, key).channel) == ("waiting", "print")
    (copy, *_) = rows(case.desk, tables.delivery, key=copy.key)
    assert (copy.channel, copy.state) == ("post", "sent")


def test_what_tells_of_no_case_is_told_to_the_administrators(desk: Desk) -> None:
    key = post(desk, "digest:7:2026-11-02", kind="digest")
    assert dead_letters.give_up(desk.engine, key, "no-such-mailbox")
    found = inbox.list_inbox(desk.engine, desk.member("administrator"))
    assert [item.subject for item in found.items] == ["A message about no one case couldn't be sent"]
    assert found.items[0].link == f"/outbox/{key}"
    assert count(desk, outbox_attempt, outbox_key=key) == 1


def test_where_the_process_is_not_deployed_the_administrators_are_told(case: CaseDesk) -> None:
    with case.desk.engine.database.write() as connection:
        known = tables.process_definition
        connection.execute(
            known.update().where(known.c.process_id == dead_letters.PROCESS).values(process_id="another")
        )
    lost(case)
    assert TASK not in case.waiting()
    with case.desk.engine.database.read() as connection:
        told = select(outbox.c.recipient).where(outbox.c.reference.like("undelivered:%"))
        assert connection.execute(told).scalars().all() == [dead_letters.ADMINISTRATORS]


#: The last day of the decision on a request of Monday 2 November 2026.
SIX = date(2026, 12, 14)


def the_managers(case: CaseDesk, kind: str) -> Any:
    """The last message of a kind to the SEND team's manager."""
    manager = case.desk.member("service_manager").membership_key
    return [row for row in rows(case.desk, outbox, kind=kind) if row.membership_key == manager][-1]


def told_instead(case: CaseDesk) -> list[Any]:
    return [row for row in rows(case.desk, hearing) if row.instead_of == "service_manager@send_team"]


def test_the_next_level_hears_at_once_where_an_alert_cannot_be_sent(either_case: CaseDesk) -> None:
    case = either_case
    case.complete("register_request")
    case.desk.step_to(SIX + timedelta(days=1))
    head = case.desk.member("group_head").membership_key
    dead = the_managers(case, "alert")
    assert dead_letters.give_up(case.desk.engine, dead.key, "no-such-mailbox")
    (told,) = [row for row in told_instead(case) if row.outbox_key is not None]
    assert (told.membership_key, told.channel, told.reason) == (head, "email", "missed")
    assert message(case.desk, told.outbox_key).wording == dead.wording
    assert TASK in case.waiting()
    assert dead_letters.give_up(case.desk.engine, told.outbox_key, "no-such-mailbox")  # and so on, upwards
    assert [row.instead_of for row in rows(case.desk, hearing)].count("group_head@send_team") == 1


def test_the_next_level_hears_with_its_digest_where_a_digest_cannot_be_sent(case: CaseDesk) -> None:
    case.complete("register_request")
    case.desk.step_to(SIX + timedelta(days=2))
    head = case.desk.member("group_head").membership_key
    assert not [row for row in rows(case.desk, outbox, kind="digest") if row.membership_key == head]
    assert dead_letters.give_up(case.desk.engine, the_managers(case, "digest").key, "no-such-mailbox")
    assert {(row.membership_key, row.channel, row.told_at) for row in told_instead(case)} == {
        (head, "digest", None)
    }
    case.desk.step_to(SIX + timedelta(days=3))
    (digest,) = [row for row in rows(case.desk, outbox, kind="digest") if row.membership_key == head]
    assert f'"case":"{case.key}"' in digest.body
