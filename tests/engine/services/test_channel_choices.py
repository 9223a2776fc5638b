"""A message goes the way that its reader chose, else their organisation's, else as whoever posts it says."""

from __future__ import annotations

from sqlalchemy import select

from engine.services.audit.audit import Actor
from engine.services.incidents import guarded
from engine.services.messages import choices
from engine.services.principals import Principal
from engine.services.step import CaseStep
from engine.store import tables
from engine.store.message_tables import outbox
from tests.support.desk import CaseDesk

MAILBOX = "duty@send.example"


def way_of_an_alert(case: CaseDesk, reader: Principal | None, reference: str) -> str:
    """The way that an alert goes to somebody, which by itself would go by text."""

    def work(step: CaseStep) -> None:
        step.post(
            "alert",
            reference=reference,
            recipient="service_manager@send_team",
            membership_key=reader and reader.membership_key,
            channel="text",
            subject="A limit is near",
            body={"case": case.key},
        )

    guarded(case.desk.engine, int(case.key), "tell", Actor.clock(), work)
    with case.desk.engine.database.read() as connection:
        query = select(outbox.c.channel).where(outbox.c.reference == reference)
        return str(connection.execute(query).scalar_one())


def test_the_nearest_choice_counts(either_case: CaseDesk) -> None:
    desk = either_case.desk
    engine, reader = desk.engine, desk.member("service_manager")
    admin = desk.member("administrator")
    assert way_of_an_alert(either_case, reader, "1") == "text"
    place = tables.organisation.c
    with engine.database.read() as connection:
        query = select(place.key).where(place.code == "send_team", place.authority == desk.authority)
        team = str(connection.execute(query).scalar_one())
    choices.choose_for_organisation(engine, admin, team, "alert", "email", MAILBOX)
    assert way_of_an_alert(either_case, reader, "2") == "email"
    choices.choose(engine, reader, "alert", "inbox", None)
    assert way_of_an_alert(either_case, reader, "3") == "inbox"
    assert way_of_an_alert(either_case, None, "4") == "text"
    choices.choose(engine, reader, "alert", "usual", None)
    assert way_of_an_alert(either_case, reader, "5") == "email"


def test_a_choice_is_of_one_kind_of_message_alone(case: CaseDesk) -> None:
    reader = case.desk.member("service_manager")
    choices.choose(case.desk.engine, reader, "digest", "email", MAILBOX)
    assert way_of_an_alert(case, reader, "1") == "text"
