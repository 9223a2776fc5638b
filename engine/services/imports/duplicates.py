"""Whether a child's plan or request is there already: by UPN or NHS number, within an authority."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, or_, select

from engine.errors import DuplicateCase
from engine.services.cases.cases import NewChild
from engine.services.step import CLOSED_STATUSES
from engine.store import tables


def plans_of(connection: Connection, authority: str, child: NewChild) -> list[int]:
    """Cases of this authority with a plan in force for a child of the same UPN or NHS number."""
    return _found(connection, _PLANS, authority, child)


def requests_of(connection: Connection, authority: str, child: NewChild) -> list[int]:
    """Cases of this authority with a request under way for a child of the same UPN or NHS number."""
    return _found(connection, _REQUESTS, authority, child)


def refuse_second_plan(found: list[int]) -> None:
    """Refuse a plan where cases with one for the same child were found.

    Raises:
        DuplicateCase: names the first of them.
    """
    if found:
        raise DuplicateCase(
            f"Case {found[0]} has a plan in force for a child with the same UPN or NHS number. Look at that"
            " case; if this is another child or another plan, send it again without refusing duplicates.",
            case_key=str(found[0]),
        )


def _found(connection: Connection, query: object, authority: str, child: NewChild) -> list[int]:
    if child.upn is None and child.nhs_number is None:
        return []
    asked = {"authority": authority, "upn": child.upn, "nhs": child.nhs_number}
    return list(connection.execute(query, asked).scalars())  # type: ignore[call-overload]


_child, _case, _plan = tables.child, tables.ehc_case, tables.plan
_CHILDREN = select(_child.c.key).where(
    _child.c.authority == bindparam("authority"),
    or_(_child.c.upn == bindparam("upn"), _child.c.nhs_number == bindparam("nhs")),
)
_SAME = select(_case.c.key).where(_case.c.child_key.in_(_CHILDREN)).order_by(_case.c.key)
_PLANS = _SAME.join(_plan, _plan.c.case_key == _case.c.key).where(_plan.c.status != "ceased")
_REQUESTS = _SAME.where(_case.c.status.not_in(sorted(CLOSED_STATUSES)))
