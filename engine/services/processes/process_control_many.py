"""Suspending and resuming all instances of a version, some hundred at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from engine.errors import BadInput, EhcError, VersionMismatch
from engine.services.principals import Principal
from engine.services.processes import process_control
from engine.services.processes.process_definitions import find_definition
from engine.services.processes.views_of_control import InstanceDetail, ManyDone, Refused
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

#: Instances of one request: each is a step of its own, so that nobody waits for all of them.
AT_ONCE = 500


def suspend_all(
    engine: Engine, principal: Principal, key: str, reason: str, version: int | None = None
) -> ManyDone:
    """Suspend the running instances of a version, at most `AT_ONCE`; `left` says how many are left.

    Raises:
        NotFound: there is no such definition in this authority.
    """
    return _each(engine, principal, key, reason, version, process_control.suspend, suspended=False)


def resume_all(
    engine: Engine, principal: Principal, key: str, reason: str, version: int | None = None
) -> ManyDone:
    """Resume the suspended instances of a version, at most `AT_ONCE`; `left` says how many are left.

    Raises:
        NotFound: there is no such definition in this authority.
    """
    return _each(engine, principal, key, reason, version, process_control.resume, suspended=True)


def _each(
    engine: Engine,
    principal: Principal,
    key: str,
    reason: str,
    version: int | None,
    act: Callable[[Engine, Principal, str, str], InstanceDetail],
    *,
    suspended: bool,
) -> ManyDone:
    principal.require("process:change")
    if not reason.strip():
        raise BadInput.field("reason", "Say why.")
    with engine.database.read() as connection:
        row = find_definition(connection, principal, key)
        if version not in (None, row.version):
            raise VersionMismatch(f"Process definition {key} is version {row.version}, not {version}.")
        query = _SUSPENDED if suspended else _RUNNING
        keys = connection.execute(query, {"of": row.key, "most": AT_ONCE}).scalars().all()
    done, refused = 0, []
    for instance_key in keys:
        try:
            act(engine, principal, str(instance_key), reason)
            done += 1
        except EhcError as problem:
            refused.append(Refused(key=str(instance_key), code=problem.code, detail=problem.message))
    with engine.database.read() as connection:
        left = connection.execute(
            select(func.count()).select_from(query.limit(None).subquery()), {"of": row.key}
        )
        return ManyDone(done=done, refused=refused, left=int(left.scalar_one()))


_instance = tables.instance
_OF_VERSION = (
    select(_instance.c.key)
    .where(_instance.c.definition_key == bindparam("of"), _instance.c.status == "active")
    .order_by(_instance.c.key)
    .limit(bindparam("most"))
)
_RUNNING = _OF_VERSION.where(_instance.c.suspended_at.is_(None))
_SUSPENDED = _OF_VERSION.where(_instance.c.suspended_at.is_not(None))
