"""The memberships that a person holds today: one of them is who a session speaks for."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, bindparam, or_

from engine.errors import BadInput, SignInRefused
from engine.services.principals import PRINCIPAL
from engine.services.sign_in.views_of_sign_in import MembershipView
from engine.store import tables
from engine.store.types import AnyRow


def held_today(connection: Connection, person_key: int, today: date) -> list[AnyRow]:
    """A person's memberships that hold today, the oldest first."""
    return list(connection.execute(_HELD, {"whose": person_key, "on": today}).all())


def chosen(held: list[AnyRow], wanted: int | None, last: int | None = None) -> AnyRow:
    """The membership to work with: the one wanted, else the one of last time, else the oldest.

    Raises:
        SignInRefused: the person holds none today.
        BadInput: the one wanted isn't among them.
    """
    if not held:
        raise SignInRefused("None of your memberships holds today. Ask your organisation's administrator.")
    by_key = {row.membership_key: row for row in held}
    if wanted is not None and wanted not in by_key:
        raise BadInput.field("membershipKey", f"You hold no membership {wanted} today. Name one of yours.")
    return by_key.get(wanted or last or 0, held[0])


def membership_view(row: AnyRow) -> MembershipView:
    """A row of `PRINCIPAL` as it's answered."""
    return MembershipView(
        key=str(row.membership_key),
        organisation=row.organisation,
        organisation_name=row.organisation_name,
        role=row.role,
        authority=row.authority,
        valid_to=row.valid_to,
    )


_membership = tables.membership
_HELD = PRINCIPAL.where(
    _membership.c.person_key == bindparam("whose"),
    _membership.c.valid_from <= bindparam("on"),
    or_(_membership.c.valid_to.is_(None), _membership.c.valid_to >= bindparam("on")),
).order_by(_membership.c.key)
