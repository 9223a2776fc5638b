"""What a digest no longer says: lines of cases that were restricted after it was written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from engine.services.permissions import PERMISSIONS
from engine.services.sight.sight import SEES_RESTRICTED
from engine.store import tables
from engine.store.sight_tables import IN_FORCE, restriction, restriction_member


def open_lines(
    connection: Connection, kind: str, body: str, membership_key: int | None, recipient: str
) -> str:
    """The body of a message without what its reader may no longer see.

    Args:
        kind: only a digest tells of several cases; of one case, the whole message is there or isn't.
        membership_key: who reads it; None: whoever holds `recipient`.
        recipient: as what it was written to them, `role@organisation`.
    """
    if kind != "digest":
        return body
    known: Mapping[str, Any] = json.loads(body)
    told = sorted({int(line["case"]) for group in known["groups"] for line in group["lines"]})
    if not told:
        return body
    asked = {"cases": told, "reader": membership_key or 0}
    closed = {str(each) for each in connection.execute(_CLOSED, asked).scalars()}
    if not closed or SEES_RESTRICTED in PERMISSIONS.get(_role(connection, membership_key, recipient), ()):
        return body
    return json.dumps(_without(known, closed), ensure_ascii=False)


def _role(connection: Connection, membership_key: int | None, recipient: str) -> str:
    if membership_key is None:
        return recipient.partition("@")[0]
    role: str = connection.execute(_ROLE, {"which": membership_key}).scalar_one()
    return role


def _without(body: Mapping[str, Any], closed: set[str]) -> dict[str, Any]:
    groups = []
    hidden = 0
    for group in body["groups"]:
        lines = [line for line in group["lines"] if line["case"] not in closed]
        fewer = len(group["lines"]) - len(lines)
        hidden += fewer
        if lines:
            groups.append({**group, "count": group["count"] - fewer, "lines": lines})
    return {**body, "count": body["count"] - hidden, "groups": groups}


_NAMED = select(restriction_member.c.membership_key).where(
    restriction_member.c.restriction_key == restriction.c.key,
    restriction_member.c.membership_key == bindparam("reader"),
)
_CLOSED = select(restriction.c.case_key).where(
    restriction.c.case_key.in_(bindparam("cases", expanding=True)), IN_FORCE, ~exists(_NAMED)
)
_ROLE = select(tables.membership.c.role).where(tables.membership.c.key == bindparam("which"))
