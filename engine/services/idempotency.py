"""A request sent twice is done once: the first answer is kept and given again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.errors import BadInput, StepIncident
from engine.services.principals import Principal
from engine.store import tables
from engine.store.types import to_text

if TYPE_CHECKING:
    from engine.application import Engine

_KEY = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer as it was sent the first time."""

    status: int
    headers: Mapping[str, str]
    body: str
    replayed: bool = False


def fingerprint(method: str, path: str, body: Any) -> str:
    """What makes two requests the same: method, path and canonical body."""
    return hashlib.sha256(f"{method} {path}\n{to_text(body)}".encode()).hexdigest()


def remember(engine: Engine, principal: Principal, key: str, mark: str, work: Callable[[], Answer]) -> Answer:
    """Do the work once for this principal and key, in one transaction with the record of its answer.

    Work that fails is rolled back with its record, so that a repeat may succeed.

    Raises:
        BadInput: the key isn't one, or was used for another request.
    """
    if not _KEY.fullmatch(key):
        raise BadInput.field("Idempotency-Key", "Idempotency-Key must be 1 to 200 visible ASCII characters.")
    incident: StepIncident | None = None
    with engine.database.joined() as connection:
        mine = {"who": principal.membership_key, "which": key}
        known = connection.execute(_FIND, mine).one_or_none()
        if known is None:
            try:
                with connection.begin_nested():
                    connection.execute(_CLAIM, {**mine, "mark": mark, "at": engine.clock.now()})
            except IntegrityError:
                known = connection.execute(_FIND, mine).one()
        if known is not None:
            return _again(known, mark)
        try:
            answer = work()
        except StepIncident as stored:  # the incident is to be kept, the key is free again
            connection.execute(_RELEASE, mine)
            incident = stored
        else:
            kept = {"new_status": answer.status, "new_headers": dict(answer.headers), "new_body": answer.body}
            connection.execute(_KEEP, {**mine, **kept})
    if incident is not None:
        raise incident
    return answer


def _again(known: Any, mark: str) -> Answer:
    if known.fingerprint != mark:
        raise BadInput.field("Idempotency-Key", "This Idempotency-Key was used for another request before.")
    return replace(Answer(known.status, known.headers, known.body), replayed=True)


_table = tables.idempotency
_MINE = (_table.c.membership_key == bindparam("who"), _table.c.idempotency_key == bindparam("which"))
_FIND = select(_table).where(*_MINE)
_CLAIM = insert(_table).values(
    membership_key=bindparam("who"),
    idempotency_key=bindparam("which"),
    fingerprint=bindparam("mark"),
    created_at=bindparam("at"),
)
_RELEASE = delete(_table).where(*_MINE)
_KEEP = (
    update(_table)
    .where(*_MINE)
    .values(status=bindparam("new_status"), headers=bindparam("new_headers"), body=bindparam("new_body"))
)
