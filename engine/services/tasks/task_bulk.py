"""The same for many tasks: each has its own result, and one that can't be done stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from engine.errors import BadInput, EhcError
from engine.services.principals import Principal
from engine.services.tasks import task_assignment, tasks
from engine.services.views import TaskView
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

MOST = 200


@dataclass(frozen=True)
class Outcome:
    """What came of one task: as it stands now, or why nothing was changed."""

    key: str
    task: TaskView | None = None
    error: EhcError | None = None


def claim_all(engine: Engine, principal: Principal, keys: Sequence[str]) -> list[Outcome]:
    """Claim each of these tasks, each in a step of its own.

    Raises:
        BadInput: there are too many, or one is named twice.
    """
    principal.require("task:work")
    return _each(engine, keys, lambda key: tasks.claim(engine, principal, key))


def assign_all(
    engine: Engine, principal: Principal, keys: Sequence[str], membership_key: str | None
) -> list[Outcome]:
    """Give each of these tasks to a member, or back to its group, each in a step of its own.

    Raises:
        BadInput: there are too many, or one is named twice.
    """
    principal.require("task:assign")
    return _each(engine, keys, lambda key: task_assignment.assign(engine, principal, key, membership_key))


def _each(engine: Engine, keys: Sequence[str], act: Callable[[str], TaskView]) -> list[Outcome]:
    if not 1 <= len(keys) <= MOST:
        raise BadInput.field("taskKeys", f"Name 1 to {MOST} tasks.")
    if len(set(keys)) != len(keys):
        raise BadInput.field("taskKeys", "Name each task once.")
    done = {key: _outcome(key, act) for key in _case_by_case(engine, keys)}
    return [done[key] for key in keys]


def _outcome(key: str, act: Callable[[str], TaskView]) -> Outcome:
    try:
        return Outcome(key, task=act(key))
    except EhcError as refused:
        return Outcome(key, error=refused)


def _case_by_case(engine: Engine, keys: Sequence[str]) -> list[str]:
    """The tasks in the order of their cases: who locks cases in one order can't block one another."""
    fitting = [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) <= 18]
    with engine.database.read() as connection:
        rows = connection.execute(_PLACES, {"keys": fitting}).all()
    cases = {row.key: row.case_key for row in rows}
    return sorted(keys, key=lambda key: (cases.get(int(key), 0) if key.isdigit() else 0, key))


_PLACES = select(tables.task.c.key, tables.task.c.case_key).where(
    tables.task.c.key.in_(bindparam("keys", expanding=True))
)
