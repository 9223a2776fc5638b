"""What is in the tables, as tests count and compare it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, func, select

from engine.services import check
from engine.services.audit import audit
from engine.store import tables
from tests.support.desk import CaseDesk, Desk

#: Everything that a case owns. A step that fails must leave all of it as it was.
OF_A_CASE = (
    tables.ehc_case,
    tables.instance,
    tables.task,
    tables.timer,
    tables.subscription,
    tables.kept_message,
    tables.anchor,
    tables.deadline,
    tables.exception,
    tables.document,
    tables.notice,
    tables.delivery,
    tables.escalation,
    tables.incident,
    tables.audit_event,
    tables.outbox,
)


def count(desk: Desk, table: Table, **values: object) -> int:
    """How many rows of a table have these values."""
    query = select(func.count()).select_from(table)
    for name, value in values.items():
        query = query.where(table.c[name] == value)
    with desk.engine.database.read() as connection:
        return int(connection.execute(query).scalar_one())


def rows(desk: Desk, table: Table, **values: object) -> list[Any]:
    """The rows of a table with these values, in the order of their keys."""
    query = select(table).order_by(*table.primary_key.columns)
    for name, value in values.items():
        query = query.where(table.c[name] == value)
    with desk.engine.database.read() as connection:
        return list(connection.execute(query).all())


def everything(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all that cases own, to compare before and after."""
    return {table.name: [tuple(row) for row in rows(desk, table)] for table in OF_A_CASE}


def events(case: CaseDesk, event: str) -> list[dict[str, Any]]:
    """The case's audit events of one kind, oldest first."""
    stored = rows(case.desk, tables.audit_event, case_key=int(case.key))
    return [found for row in stored if (found := audit.parse(row.body))["event"] == event]


def differences(desk: Desk) -> list[str]:
    """What `ehc check` would say."""
    return [found.problem for found in check.check(desk.engine)]
