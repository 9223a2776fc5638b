"""A query of tasks that is kept between requests holds nothing of whoever asked it first."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from engine.services.permissions import PERMISSIONS
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.tasks import task_rows
from engine.services.tasks.task_conditions import Conditions, asked_by, conditions
from engine.services.tasks.task_order import DIRECTIONS, SORTS, order
from engine.services.views import TaskView
from engine.store import tables
from tests.support.desk import opened_desk

DAY = date(2031, 5, 6)
ALL = Conditions(
    assignee="765432",
    candidate_group="candidate-asked",
    candidate=True,
    unassigned=True,
    organisation="organisation-asked",
    case_key="876543",
    process_definition_id="process-asked",
    element_id="element-asked",
    rule="rule-asked",
    states=("COMPLETED",),
    due_before=DAY,
    due_after=DAY,
    overdue=False,
    priority_from=71,
    priority_to=72,
    follow_up_before=DAY,
    created_after=datetime(2031, 5, 6, tzinfo=UTC),
)


def reader(role: str, organisation: str, partners: tuple[str, ...] = ()) -> Principal:
    return Principal(
        membership_key=987_654,
        person_key=987_653,
        person_name="Zed Example",
        organisation=organisation,
        organisation_name="Zed's",
        role=role,
        authority="991",
        permissions=PERMISSIONS[role],
        partners=partners,
    )


def values_kept(who: Principal) -> list[Any]:
    """Every value that stands in the query itself, of whatever can be asked for and in any order."""
    orders = [order(by, way).after for by in SORTS for way in DIRECTIONS]
    asked = select(tables.task).where(*conditions(sight.kind_of(who), asked_by(who, ALL, DAY).names), *orders)
    kept = asked.compile(dialect=postgresql.dialect()).params.values()
    return [value for value in kept if value is not None]


@pytest.mark.parametrize("role", sorted(PERMISSIONS))
@pytest.mark.parametrize("organisation", ["send_team", "zed_team", "urn:999901"])
@pytest.mark.parametrize("partners", [(), ("992", "993")])
def test_a_query_is_made_of_a_kind_of_reader_alone(
    role: str, organisation: str, partners: tuple[str, ...]
) -> None:
    of_its_role = {f'"{role.replace("_", "/_")}"', *sight.BODIES_FOLLOWED.get(role, ())}
    assert set(values_kept(reader(role, organisation, partners))) <= of_its_role | {"[]"}


def test_every_condition_that_there_is_was_asked() -> None:
    assert all(getattr(ALL, field.name) not in (None, ()) for field in fields(Conditions))
    names, values = asked_by(reader("caseworker", "send_team"), ALL, DAY)
    assert len(names) == len(fields(Conditions))
    assert {987_654, "991", "organisation-asked", 876_543, DAY, 71} <= set(values.values())


def test_readers_of_a_kind_share_a_query_and_others_dont() -> None:
    one, other = reader("professional", "camhs"), reader("professional", "therapies")
    assert sight.kind_of(one) == sight.kind_of(other)
    kinds = {
        sight.kind_of(reader(role, organisation, partners))
        for role, organisation, partners in (
            ("professional", "camhs", ()),
            ("professional", "camhs", ("992",)),
            ("service_manager", "camhs", ()),
            ("caseworker", "send_team", ()),
            ("caseworker", "camhs", ()),
        )
    }
    assert len(kinds) == 5


def test_a_row_is_shown_by_place_as_by_name(database_url: str) -> None:
    with opened_desk(database_url) as desk:
        desk.request()
        with desk.engine.database.read() as connection:
            for query in (task_rows.LIST, task_rows.SHOWN):
                row = connection.execute(query.where(tables.OPEN_TASK)).first()
                assert row is not None
                shown = task_rows.view(row)
                assert by_name(row) == {name: getattr(shown, name) for name in by_name(row)}
                assert len(by_name(row)) + 5 == len(TaskView.__struct_fields__)


def by_name(row: Any) -> dict[str, Any]:
    """A task's fields that are columns, taken from its row by their names."""
    same = ("name", "element_id", "organisation", "candidate_groups", "assignee", "owner", "priority", "rule")
    return {
        **{name: getattr(row, name) for name in (*same, "form_key", "state", "version")},
        "key": str(row.key),
        "case_key": str(row.case_key),
        "process_instance_key": str(row.instance_key),
        "creation_date": row.created_at,
        "due_date": row.due_on,
        "follow_up_date": row.follow_up_on,
    }
