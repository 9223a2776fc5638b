"""Messages from outside: given to the one instance that waits, or to all; and those that wait themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, null, or_, select

from engine.errors import BadInput, Conflict, NobodyWaits
from engine.services import paging
from engine.services.audit.audit import Actor, Event
from engine.services.incidents import guarded
from engine.services.principals import Principal
from engine.services.processes import suspension
from engine.services.processes.views_of_control import KeptMessageView, MessageResult, ReceiverView
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.control_tables import held_event
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: Instances that one message may reach.
MOST_RECEIVERS = 200
WAITING_FOR = ("case", "instance")


def correlate(
    engine: Engine,
    principal: Principal,
    *,
    name: str,
    correlation_key: str | None = None,
    case_key: str | None = None,
    process_instance_key: str | None = None,
    variables: Mapping[str, Any] | None = None,
    to_all: bool = False,
    keep: bool = False,
) -> MessageResult:
    """Give a message to the one instance that waits for it, or to all that do.

    Args:
        correlation_key: what a receiver must have been waiting with; one without a key takes any.
        variables: codes, dates, numbers, yes or no; never what somebody wrote.
        to_all: to every instance that waits, each in a step of its own.
        keep: where nobody of the case waits, the case keeps it until something does; needs `case_key`.

    Raises:
        NobodyWaits: nobody waits for it, and it isn't to be kept.
        BadInput: there is no such case in this authority to keep it.
        Conflict: several wait, and `to_all` wasn't given; or more than `MOST_RECEIVERS` do.
        StepIncident: the step that it sets off can't be carried out.
    """
    principal.require("process:change")
    given = dict(variables or {})
    with engine.database.read() as connection:
        found = _waiting(connection, principal, name, correlation_key, case_key, process_instance_key)
        if keep:
            _own_case(connection, principal, case_key)
    _check_number(found, name, to_all=to_all, keep=keep)
    actor = Actor(principal.membership_key, principal.organisation)
    receivers = []
    for row in found:
        taken = _give(engine, actor, row, name, correlation_key, given)
        receivers += [taken] if taken is not None else []
    if not receivers and not keep:
        raise NobodyWaits(f"Nobody waits for the message {name} any more.")
    if not receivers:
        assert case_key is not None
        guarded(
            engine,
            sight.key(case_key),
            f"receive {name}",
            actor,
            lambda step: step.receive(name, correlation_key or case_key, given),
        )
    return MessageResult(name=name, receivers=receivers, kept=not receivers)


def list_messages(
    engine: Engine,
    principal: Principal,
    *,
    waiting_for: str = "case",
    case_key: str | None = None,
    name: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[KeptMessageView]:
    """The messages that wait, the newest first.

    Args:
        waiting_for: `case`: until something of their case waits for them; `instance`: until a suspended
            instance is resumed.
    """
    principal.require("process:read")
    if waiting_for not in WAITING_FOR:
        raise BadInput.field("waitingFor", f"waitingFor is one of {', '.join(WAITING_FOR)}.")
    table, query = (_kept, _KEPT) if waiting_for == "case" else (held_event, _HELD)
    own = (table.c.authority == principal.authority, sight.open_to(principal, table.c.case_key))
    query = query.where(*own).order_by(table.c.key.desc())
    if case_key is not None:
        query = query.where(table.c.case_key == sight.key(case_key))
    if name is not None:
        query = query.where((table.c.message if waiting_for == "case" else table.c.name) == name)
    if cursor is not None:
        query = query.where(table.c.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def _waiting(
    connection: Connection,
    principal: Principal,
    name: str,
    correlation_key: str | None,
    case_key: str | None,
    process_instance_key: str | None,
) -> list[AnyRow]:
    """The instances that wait for a message with this key."""
    own = _subscription.c.correlation_key
    query = (
        select(_subscription.c.instance_key, _subscription.c.case_key)
        .where(_subscription.c.authority == principal.authority, _subscription.c.message == name)
        .where(sight.open_to(principal, _subscription.c.case_key))
        .distinct()
        .order_by(_subscription.c.instance_key)
        .limit(MOST_RECEIVERS + 1)
    )
    if correlation_key is not None:
        query = query.where(or_(own == correlation_key, own.is_(None)))
    elif case_key is not None:
        query = query.where(or_(own == case_key, own.is_(None)))
    else:
        query = query.where(own.is_(None))
    if case_key is not None:
        query = query.where(_subscription.c.case_key == sight.key(case_key))
    if process_instance_key is not None:
        query = query.where(_subscription.c.instance_key == sight.key(process_instance_key))
    return list(connection.execute(query).all())


def _own_case(connection: Connection, principal: Principal, case_key: str | None) -> None:
    if case_key is None:
        raise BadInput.field("caseKey", "Say which case is to keep it.")
    case = tables.ehc_case
    own = select(case.c.key).where(case.c.key == sight.key(case_key), case.c.authority == principal.authority)
    if connection.execute(own).first() is None:
        raise BadInput.field("caseKey", f"There is no case {case_key} for you.")


def _check_number(found: list[AnyRow], name: str, *, to_all: bool, keep: bool) -> None:
    if not found and not keep:
        raise NobodyWaits(f"Nobody waits for the message {name} with this key.")
    if len(found) > MOST_RECEIVERS:
        raise Conflict(f"More than {MOST_RECEIVERS} instances wait for {name}. Name a case or an instance.")
    if len(found) > 1 and not to_all:
        keys = ", ".join(str(row.instance_key) for row in found[:5])
        raise Conflict(
            f"{len(found)} instances wait for the message {name} ({keys}{', ...' * (len(found) > 5)})."
            " Name one, or send it to all."
        )


def _give(
    engine: Engine,
    actor: Actor,
    row: AnyRow,
    name: str,
    correlation_key: str | None,
    variables: Mapping[str, Any],
) -> ReceiverView | None:
    key = correlation_key or str(row.case_key)

    def work(step: CaseStep) -> ReceiverView | None:
        step.fire_due()
        live = step.instance(row.instance_key)
        held = live.suspended_at is not None
        if held:
            taken = suspension.is_held(step, live, name, key, variables)
        else:
            taken = live.is_active and live.receive(name, key, variables)
        if not taken:
            return None
        if not held:
            step.audit.append(Event.MESSAGE_RECEIVED, message=name, instance=live.key)
        step.settle()
        return ReceiverView(process_instance_key=str(row.instance_key), case_key=str(row.case_key), held=held)

    return guarded(engine, row.case_key, f"receive {name}", actor, work)


def _view(row: AnyRow) -> KeptMessageView:
    return KeptMessageView(
        key=str(row.key),
        name=row.name,
        case_key=str(row.case_key),
        process_instance_key=str(row.instance_key) if row.instance_key is not None else None,
        correlation_key=row.correlation_key,
        received_at=row.received_at,
    )


_subscription, _kept = tables.subscription, tables.kept_message
_KEPT: Select[Any] = select(
    _kept.c.key,
    _kept.c.message.label("name"),
    _kept.c.case_key,
    null().label("instance_key"),
    _kept.c.correlation_key,
    _kept.c.received_at,
)
_HELD: Select[Any] = select(
    held_event.c.key,
    held_event.c.name,
    held_event.c.case_key,
    held_event.c.instance_key,
    held_event.c.correlation_key,
    held_event.c.received_at,
)
