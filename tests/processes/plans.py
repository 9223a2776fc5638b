"""A case with a plan, and what the tests of a plan's life do to it."""

from __future__ import annotations

from sqlalchemy import select

from engine.services.audit.audit import Actor
from engine.services.incidents import guarded
from engine.services.step import CaseStep
from engine.store import tables
from tests.support.desk import CaseDesk, Desk

BACKGROUND = ("family_views_request", "early_information", "acknowledge_request")


def with_plan(desk: Desk, *, year: int = 4) -> CaseDesk:
    """A case whose plan was issued today, its provision confirmed."""
    case = desk.request(year=year)
    case.until("confirm_provision", but=BACKGROUND, family_response={"nothingMore": True})
    case.complete("confirm_provision")
    return case


def plan_key(case: CaseDesk) -> str:
    """The key of a case's plan."""
    with case.desk.engine.database.read() as connection:
        query = select(tables.plan.c.key).where(tables.plan.c.case_key == int(case.key))
        return str(connection.execute(query).scalar_one())


def told(case: CaseDesk, message: str, **variables: object) -> None:
    """Give the processes of a case a message, as another of them would."""

    def work(step: CaseStep) -> None:
        step.receive(message, case.key, variables)

    guarded(case.desk.engine, int(case.key), f"tell {message}", Actor.clock(), work)
