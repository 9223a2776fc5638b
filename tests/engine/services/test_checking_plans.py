"""`ehc check` sees a plan that nobody reviews, a version in force that isn't issued, and content that was changed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from engine.services.check import check
from engine.services.plans.check_plans import REVIEWING
from engine.store import tables
from tests.engine.services.planned import act, with_plan
from tests.support.desk import CaseDesk, Desk


@pytest.fixture
def planned(desk: Desk) -> CaseDesk:
    return with_plan(desk)


def found(case: CaseDesk) -> list[str]:
    """What the check says of the plan."""
    told = [difference.problem for difference in check(case.desk.engine)]
    return [problem for problem in told if "plan" in problem]


def change(case: CaseDesk, table: Any, **values: Any) -> None:
    with case.desk.engine.database.write() as connection:
        connection.execute(update(table).where(table.c.case_key == int(case.key)).values(values))


def stop_reviewing(case: CaseDesk) -> None:
    instance, definition = tables.instance, tables.process_definition
    reviewing = select(definition.c.key).where(definition.c.process_id.in_(REVIEWING))
    with case.desk.engine.database.write() as connection:
        connection.execute(
            update(instance).where(instance.c.definition_key.in_(reviewing)).values(status="cancelled")
        )


def test_a_plan_in_force_is_looked_after(planned: CaseDesk):
    assert found(planned) == []
    act(planned, "draft")
    assert found(planned) == []


@pytest.mark.parametrize("status", ["live", "ceasing"])
def test_a_plan_in_force_without_a_review_ahead_is_told(planned: CaseDesk, status: str):
    change(planned, tables.plan, status=status)
    stop_reviewing(planned)
    (told,) = found(planned)
    assert "no review is scheduled" in told


def test_a_plan_that_has_ceased_needs_no_review(planned: CaseDesk):
    act(planned, "cease")
    stop_reviewing(planned)
    assert found(planned) == []


def test_a_version_in_force_that_was_not_issued_is_told(planned: CaseDesk):
    change(planned, tables.plan, version=2)
    (told,) = found(planned)
    assert "version 2 is in force; issued are [1]" in told


def test_content_that_does_not_fit_its_digest_is_told(planned: CaseDesk):
    act(planned, "draft")
    with planned.desk.engine.database.write() as connection:
        version = tables.plan_version
        connection.execute(update(version).where(version.c.state == "draft").values(sections="{}"))
    (told,) = found(planned)
    assert "version 2" in told
    assert "digest" in told
