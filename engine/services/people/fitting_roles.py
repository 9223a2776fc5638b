"""Which roles fit which kind of organisation, and which of them its own administrator may grant."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import BadInput
from engine.services.permissions import ROLES
from engine.services.principals import SEND_TEAM, Principal

_EVERYWHERE = ("professional", "service_manager", "quality_assurer", "machine_client")
_LEADING = ("group_head", "operational_board", "strategic_board")

#: By kind of organisation. The SEND team is apart: it holds what the whole authority hangs on.
FITTING: Mapping[str, frozenset[str]] = {
    "authority": frozenset({*_EVERYWHERE, *_LEADING}),
    "health": frozenset({*_EVERYWHERE, "dco"}),
    "care": frozenset({*_EVERYWHERE, "dsco"}),
    "setting": frozenset({*_EVERYWHERE, "setting_contact"}),
    "other": frozenset({*_EVERYWHERE}),
}
OF_SEND_TEAM = frozenset(ROLES) - {"setting_contact", "dco", "dsco", "organisation_administrator"}
#: What only the authority's administrator grants: they reach beyond one organisation, or act unattended.
_BEYOND = frozenset({"dco", "dsco", "machine_client", *_LEADING})


def fitting(code: str, kind: str, *, is_team: bool) -> frozenset[str]:
    """The roles that somebody may hold in an organisation."""
    if code == SEND_TEAM:
        return OF_SEND_TEAM
    return FITTING[kind] | (frozenset() if is_team else {"organisation_administrator"})


def check_role(principal: Principal, role: str, code: str, kind: str, *, is_team: bool) -> None:
    """Refuse a role that doesn't fit the organisation, or that this principal may not grant.

    Raises:
        BadInput: and which roles may be granted.
    """
    allowed = fitting(code, kind, is_team=is_team)
    if principal.role == "organisation_administrator":
        allowed -= _BEYOND
    if role not in allowed:
        raise BadInput.field(
            "role",
            f"You can't grant the role {role} in {code}. There you can grant: {', '.join(sorted(allowed))}.",
        )
