"""What belongs to no case is kept in a chain of its own, one an authority, and tampering shows."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, text, update

from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Actor, Event, parse
from engine.store.organisation_tables import authority_chain, authority_event
from tests.engine.services.rows import rows
from tests.support.desk import Desk
from tests.support.together import at_once, kinds

_EVENTS = (Event.MESSAGE_KEPT, Event.OFFICER_NAMED, Event.OFFICER_NAMED)


@pytest.fixture
def recorded(either_desk: Desk) -> Desk:
    """A desk whose authority's chain holds three events."""
    principal = either_desk.member("administrator")
    for number, event in enumerate(_EVENTS):
        with either_desk.engine.database.write() as connection:
            audit_of_authority.record(connection, either_desk.engine, principal, event, before=number)
    return either_desk


def breaks(desk: Desk) -> list[tuple[int, str]]:
    with desk.engine.database.read() as connection:
        return [(found.sequence, found.problem) for found in audit_of_authority.verify(connection)]


def test_an_event_says_who_when_and_what_by_keys(recorded: Desk) -> None:
    principal = recorded.member("administrator")
    event = parse(rows(recorded, authority_event)[1].body)
    assert event == {
        "authority": "333",
        "sequence": 2,
        "at": "2026-11-02T09:00:00Z",
        "event": "officer:named",
        "actor": {"membership": principal.membership_key, "organisation": "send_team"},
        "details": {"before": 1},
    }
    assert breaks(recorded) == []


def test_what_is_rolled_back_leaves_no_event(recorded: Desk) -> None:
    with recorded.engine.database.write() as connection:
        audit_of_authority.record_by(connection, recorded.engine, "333", Actor.clock(), Event.MESSAGE_KEPT)
        connection.rollback()
    assert len(rows(recorded, authority_event)) == len(_EVENTS)
    assert breaks(recorded) == []


TAMPERING = {
    "changed": (
        update(authority_event)
        .where(authority_event.c.sequence == 2)
        .values(body=text("replace(body, 'officer:named', 'officer:moved')")),
        (2, "the event or one before it has been changed"),
    ),
    "taken out": (
        delete(authority_event).where(authority_event.c.sequence == 2),
        (2, "an event is missing or has been renumbered"),
    ),
    "cut off": (
        delete(authority_event).where(authority_event.c.sequence == 3),
        (3, "the last events are missing, or the head was changed"),
    ),
    "beheaded": (delete(authority_chain), (0, "the head of the chain is missing")),
}


@pytest.mark.parametrize("kind", TAMPERING)
def test_tampering_shows(recorded: Desk, kind: str) -> None:
    statement, expected = TAMPERING[kind]
    with recorded.engine.database.write() as connection:
        connection.execute(statement)
    assert breaks(recorded) == [expected]


def test_many_at_once_make_one_chain(either_desk: Desk) -> None:
    def one() -> None:
        with either_desk.engine.database.write() as connection:
            audit_of_authority.record_by(
                connection, either_desk.engine, "333", Actor.clock(), Event.MESSAGE_KEPT
            )

    assert kinds(at_once([one] * 8)) == ["NoneType"] * 8
    assert [row.sequence for row in rows(either_desk, authority_event)] == list(range(1, 9))
    assert breaks(either_desk) == []
