"""What each role may do. Sight (which tasks, which cases) is decided apart, in `sight`.

A permission is written once, with the roles that hold it; `PERMISSIONS` is the same, turned round.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Every role, in the words of the field.
ROLES = (
    "caseworker",
    "decision_maker",
    "quality_assurer",
    "professional",
    "setting_contact",
    "service_manager",
    "dco",
    "dsco",
    "group_head",
    "operational_board",
    "strategic_board",
    "process_owner",
    "auditor",
    "administrator",
    "organisation_administrator",
    "machine_client",
)

_OFFICERS = ("caseworker", "decision_maker")
_MANAGERS = ("service_manager", "dco", "dsco", "group_head")
_BOARDS = ("operational_board", "strategic_board")
_AGENCIES = ("quality_assurer", "professional", "setting_contact")
#: Whoever has work on a case.
_WORKERS = (*_OFFICERS, *_AGENCIES, *_MANAGERS, "machine_client")
#: Whoever may look at cases within their sight.
_READERS = (*_WORKERS, "auditor", "administrator")
_FAMILY = (*_OFFICERS, "group_head")
#: Whoever looks after members: of the authority, or of one organisation.
_ADMINISTRATORS = ("administrator", "organisation_administrator")
#: Whoever looks after the processes themselves.
_OWNERS = ("process_owner", "administrator")

GRANTS: Mapping[str, tuple[str, ...]] = {
    # --- tasks
    "task:read": _READERS,
    "task:work": _WORKERS,
    "task:assign": ("caseworker", *_MANAGERS),
    # --- cases and plans
    "case:read": _READERS,
    "case:correct": _FAMILY,
    "request:raise": _WORKERS,
    "plan:read": _READERS,
    "plan:bring_in": (*_OFFICERS, "machine_client"),
    "plan:draft": _OFFICERS,
    "plan:change": _OFFICERS,
    "review:read": _READERS,
    "review:ask": _OFFICERS,
    "officer:name": _FAMILY,
    "absence:record": ("caseworker", *_MANAGERS, "administrator", "organisation_administrator"),
    # --- families and letters
    "family:read": _FAMILY,
    "family:change": _FAMILY,
    "notice:deliver": (*_FAMILY, "machine_client"),
    "letter:print": ("caseworker", "administrator"),
    "contact:read": (*_FAMILY, "administrator"),
    "contact:change": ("administrator",),
    # --- sign-in: one's own account and tokens; other people's; systems
    "account:use": tuple(role for role in ROLES if role != "machine_client"),
    "token:make": tuple(role for role in ROLES if role != "machine_client"),
    "account:manage": ("administrator", "organisation_administrator"),
    "client:manage": ("administrator",),
    # --- records
    "child:read": _READERS,
    "child:correct": _FAMILY,
    "case:link": _FAMILY,
    "retention:read": ("group_head", "administrator", "auditor"),
    "retention:hold": ("group_head", "administrator"),
    "retention:destroy": ("group_head", "administrator"),
    "export:subject": (*_FAMILY, "administrator"),
    "export:authority": ("administrator",),
    "export:read": (*_FAMILY, "administrator"),
    # --- documents
    "document:read": _READERS,
    "document:add": _WORKERS,
    "document:change": _WORKERS,
    "document:share": _FAMILY,
    # --- sight: consents, restricted cases, who has opened what, work across authorities
    "consent:record": _FAMILY,
    "case:restrict": ("decision_maker", "group_head"),
    "case:restricted": ("group_head", "auditor"),
    "access:read": (*_FAMILY, "auditor"),
    "agreement:read": ("administrator", "auditor"),
    "agreement:change": ("administrator",),
    # --- escalations
    "escalation:explain": (*_OFFICERS, *_MANAGERS, "auditor", "administrator"),
    "escalation:read": (*_OFFICERS, *_MANAGERS, *_BOARDS, "auditor", "administrator"),
    # --- the audit trail
    "audit:read": ("auditor", "administrator"),
    # --- the calendar
    "calendar:read": _READERS,
    "calendar:correct": ("administrator",),
    # --- settings
    "setting:read": _READERS,
    "setting:import": ("administrator",),
    # --- webhooks
    "webhook:manage": ("administrator",),
    # --- messages: one's own, and the post room
    "inbox:use": tuple(role for role in ROLES if role != "machine_client"),
    "outbox:read": ("administrator", "auditor"),
    "outbox:control": ("administrator",),
    # --- organisations and their members
    "organisation:read": (*_OFFICERS, *_MANAGERS, *_ADMINISTRATORS, "auditor"),
    "organisation:manage": ("administrator",),
    "member:read": (*_ADMINISTRATORS, "auditor"),
    "member:manage": _ADMINISTRATORS,
    "escalation:answer": (*_OFFICERS, *_MANAGERS, *_BOARDS),
    "lateness_reason:read": (*_OFFICERS, *_MANAGERS, *_BOARDS, *_OWNERS, "auditor"),
    "lateness_reason:change": _OWNERS,
    # --- process control
    "process:read": (*_OWNERS, "auditor"),
    "process:change": _OWNERS,
    "process:deploy": _OWNERS,
    # --- moving running cases
    "instance:modify": _OWNERS,
    "instance:migrate": _OWNERS,
    "batch:read": (*_OWNERS, "auditor"),
    "batch:control": _OWNERS,
    "case:import": (*_OFFICERS, "machine_client"),
}


def _held(role: str) -> frozenset[str]:
    return frozenset(permission for permission, roles in GRANTS.items() if role in roles)


PERMISSIONS: Mapping[str, frozenset[str]] = {role: _held(role) for role in ROLES}
