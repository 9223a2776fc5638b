"""What may be asked of tasks: conditions with parameters, so that a query of them needs to be made only once.

What is kept of a query between requests is made of the conditions' names and of the kind of reader alone. Who
asks, and for what, comes in as the values with which it is carried out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, String, and_, bindparam, cast, or_, select
from sqlalchemy import Text as SqlText
from sqlalchemy.sql import ColumnElement

from engine.errors import BadInput
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.tasks.task_rows import STATES
from engine.store import tables
from engine.store.types import Key, to_text

#: In place of an organisation: that of whoever asks, so that a shared filter shows everybody their own.
MINE = "mine"
ME = "me"


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """Which tasks are asked for; all that is given must hold.

    Attributes:
        assignee: "me", a membership's key, or a person's name.
        candidate_group: a role that may take the task.
        candidate: whether whoever asks could claim it now: theirs to do, and held by nobody.
        organisation: the code of who owes it, or "mine".
        states: some of `STATES`; none: the open ones.
        due_before, due_after, follow_up_before: the day itself isn't included.
        overdue: whether its last compliant day is over.
        priority_from, priority_to: both included.
    """

    assignee: str | None = None
    candidate_group: str | None = None
    candidate: bool | None = None
    unassigned: bool | None = None
    organisation: str | None = None
    case_key: str | None = None
    process_definition_id: str | None = None
    element_id: str | None = None
    rule: str | None = None
    states: Sequence[str] = ()
    due_before: date | None = None
    due_after: date | None = None
    overdue: bool | None = None
    priority_from: int | None = None
    priority_to: int | None = None
    follow_up_before: date | None = None
    created_after: datetime | None = None


class Asked(NamedTuple):
    """What is asked for: the names of the conditions, and the values of their parameters."""

    names: tuple[str, ...]
    values: Mapping[str, Any]


def asked_by(principal: Principal, wanted: Conditions, today: date) -> Asked:
    """What a principal asks for.

    Raises:
        BadInput: a state that there isn't.
        NotFound: a case's key that can't be one.
    """
    compared = {name: value for name in _COMPARED if (value := getattr(wanted, name)) is not None}
    names = [*_state(wanted.states), *compared, *_assignment(wanted.assignee), *_yes_or_no(wanted)]
    return Asked(
        tuple(names),
        {
            **sight.values(principal),
            **compared,
            **_translated(principal, wanted),
            "states": tuple(wanted.states),
            "today": today,
        },
    )


def conditions(kind: sight.Kind, names: Sequence[str]) -> list[ColumnElement[bool]]:
    """What must hold of a task: that a reader of this kind sees it, and what has these names."""
    return [sight.tasks_of(kind), *(_NAMED[name] if name in _NAMED else _free(kind, name) for name in names)]


def _state(states: Sequence[str]) -> list[str]:
    if unknown := set(states) - set(STATES):
        raise BadInput.field("state", f"state is one of {', '.join(STATES)}, not {min(unknown)}.")
    return ["open" if set(states) in (set(), {"CREATED", "ASSIGNED"}) else "states"]


def _assignment(assignee: str | None) -> list[str]:
    if assignee is None:
        return []
    if assignee == ME:
        return ["assignee is me"]
    return ["assignee's name or key" if _may_be_key(assignee) else "assignee's name"]


def _yes_or_no(wanted: Conditions) -> list[str]:
    answers = {name: getattr(wanted, name) for name in ("candidate", "unassigned", "overdue")}
    return [name if yes else f"not {name}" for name, yes in answers.items() if yes is not None]


def _translated(principal: Principal, wanted: Conditions) -> dict[str, Any]:
    """The values that aren't compared with as they were sent."""
    values: dict[str, Any] = {}
    if wanted.case_key is not None:
        values["case_key"] = sight.key(wanted.case_key)
    if wanted.organisation == MINE:
        values["organisation"] = principal.organisation
    if wanted.candidate_group is not None:
        values["candidate_group"] = _plain(to_text(wanted.candidate_group))
    if wanted.assignee is not None:
        values["assignee"] = wanted.assignee
        if _may_be_key(wanted.assignee):
            values["assignee_key"] = int(wanted.assignee)
    return values


def _may_be_key(assignee: str) -> bool:
    return assignee.isascii() and assignee.isdigit() and len(assignee) <= 18


def _plain(text: str) -> str:
    """Text for a pattern in which every letter stands for itself."""
    for letter in (_ESCAPE, "%", "_"):
        text = text.replace(letter, _ESCAPE + letter)
    return text


def _free(kind: sight.Kind, name: str) -> ColumnElement[bool]:
    """Whether a reader of this kind could claim it now."""
    takeable = and_(_NOBODYS, sight.takeable_of(kind))
    return takeable if name == "candidate" else ~takeable


def _of_process() -> Select[tuple[int]]:
    instance, definition = tables.instance, tables.process_definition
    return (
        select(instance.c.key)
        .join(definition, definition.c.key == instance.c.definition_key)
        .where(
            definition.c.process_id == bindparam("process_definition_id"),
            instance.c.key == _task.c.instance_key,
        )
        .correlate(_task)
    )


def _of_the_name() -> Select[tuple[int]]:
    membership, person = tables.membership, tables.person
    return (
        select(membership.c.key)
        .join(person, person.c.key == membership.c.person_key)
        .where(
            membership.c.authority == sight.ANYBODY.authority,
            person.c.name == bindparam("assignee", type_=String()),
        )
    )


_ESCAPE = "/"
_task = tables.task
_NOBODYS = _task.c.assignee_key.is_(None)
_IS_NAMED = _task.c.assignee_key.in_(_of_the_name())
_TODAY: BindParameter[date] = bindparam("today")
#: Conditions that compare with one value, which is the parameter of the same name.
_COMPARED: dict[str, ColumnElement[bool]] = {
    "candidate_group": cast(_task.c.candidate_groups, SqlText).contains(
        bindparam("candidate_group"), escape=_ESCAPE
    ),
    "organisation": _task.c.organisation == bindparam("organisation"),
    "case_key": _task.c.case_key == bindparam("case_key"),
    "element_id": _task.c.element_id == bindparam("element_id"),
    "rule": _task.c.rule == bindparam("rule"),
    "process_definition_id": _task.c.instance_key.in_(_of_process()),
    "priority_from": _task.c.priority >= bindparam("priority_from"),
    "priority_to": _task.c.priority <= bindparam("priority_to"),
    "due_before": _task.c.due_on < bindparam("due_before"),
    "due_after": _task.c.due_on > bindparam("due_after"),
    "follow_up_before": _task.c.follow_up_on < bindparam("follow_up_before"),
    "created_after": _task.c.created_at > bindparam("created_after"),
}
_NAMED: dict[str, ColumnElement[bool]] = {
    **_COMPARED,
    "open": tables.OPEN_TASK,
    "states": _task.c.state.in_(bindparam("states", expanding=True)),
    "assignee is me": _task.c.assignee_key == sight.ANYBODY.membership,
    "assignee's name": _IS_NAMED,
    "assignee's name or key": or_(_IS_NAMED, _task.c.assignee_key == bindparam("assignee_key", type_=Key)),
    "unassigned": _NOBODYS,
    "not unassigned": ~_NOBODYS,
    "overdue": _task.c.due_on < _TODAY,
    "not overdue": or_(_task.c.due_on.is_(None), _task.c.due_on >= _TODAY),
}
