"""A list of tasks as somebody writes it who has only Flask and SQLAlchemy: no token, no sight, no pages.

It answers the very rows that ours answers, with the same names.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, registry

from engine.store import tables
from engine.store.database import Database

PATH = "/tasks"


class Task:
    """A row of the table, mapped."""

    key: int
    assignee_key: int | None


class Membership:
    """A row of the table, mapped."""


class Person:
    """A row of the table, mapped."""


def _mapped() -> None:
    mapping = registry()
    for kind, table in ((Task, tables.task), (Membership, tables.membership), (Person, tables.person)):
        mapping.map_imperatively(kind, table)


_mapped()


def bare_app(database: Database) -> Flask:
    """The application, with connections of its own."""
    app = Flask("bare", static_folder=None)
    engine = create_engine(database.url)
    task: Any = Task
    membership: Any = Membership
    person: Any = Person
    query = (
        select(Task, person.name)
        .outerjoin(Membership, membership.key == task.assignee_key)
        .outerjoin(Person, person.key == membership.person_key)
        .where(tables.OPEN_TASK, task.assignee_key.is_(None))
        .order_by(tables.DUE_OR_LAST, task.key)
    )

    @app.get(PATH)
    def list_tasks() -> Response:
        asked = query.where(
            task.authority == request.args["authority"],
            task.organisation == request.args["organisation"],
            task.due_on < date.fromisoformat(request.args["dueBefore"]),
        ).limit(int(request.args["limit"]))
        with Session(engine) as session:
            return jsonify({"items": [_item(row, name) for row, name in session.execute(asked)]})

    return app


def _item(row: Any, assignee: str | None) -> dict[str, Any]:
    return {
        "key": str(row.key),
        "name": row.name,
        "elementId": row.element_id,
        "caseKey": str(row.case_key),
        "processInstanceKey": str(row.instance_key),
        "organisation": row.organisation,
        "candidateGroups": row.candidate_groups,
        "assignee": assignee,
        "delegationState": row.delegation,
        "creationDate": row.created_at.isoformat().replace("+00:00", "Z"),
        "completionDate": row.completed_at and row.completed_at.isoformat().replace("+00:00", "Z"),
        "dueDate": row.due_on and row.due_on.isoformat(),
        "followUpDate": row.follow_up_on and row.follow_up_on.isoformat(),
        "priority": row.priority,
        "rule": row.rule,
        "formKey": row.form_key,
        "state": row.state,
        "version": row.version,
    }
