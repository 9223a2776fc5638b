"""`/cases/{caseKey}/family` and `/capacity`: who is told of decisions, how, and who is not."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.families.schemas import (
    CAPACITY,
    FAMILY,
    MEMBER_CHANGE,
    NEW_MEMBER,
    Capacity,
    Family,
    FamilyMemberChange,
    NewFamilyMember,
)
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.families import families as service
from engine.services.families.families import NewMember

families = Blueprint(
    "families", f"{API_ROOT}/cases", "The family of a case: who is told, how, and who is not. SEND team only."
)


@families.get("/<key:case_key>/family")
@permission("family:read")
@problems("not-found")
@families.answers(200, Family, FAMILY)
def get_family(case_key: str) -> Response:
    """Read a case's family.

    Who holds the rights is worked out for today; for a notice it is worked out for the day it is sent.
    """
    return answer(service.get_family(current_engine(), current_principal(), case_key))


@families.post("/<key:case_key>/family")
@permission("family:change")
@repeatable
@conditional
@problems("not-found")
@families.takes(NewFamilyMember, NEW_MEMBER)
@families.answers(201, Family, FAMILY)
def record_family_member(body: dict[str, Any], case_key: str, version: int | None) -> Response:
    """Record a member of the family.

    Service by email or in the portal needs their agreement in writing; without it a letter goes by post.
    """
    family = service.record_member(
        current_engine(), current_principal(), case_key, NewMember(**body), version=version
    )
    return answer(family, 201)


@families.patch("/<key:case_key>/family/<key:family_member_key>")
@permission("family:change")
@problems("not-found")
@families.takes(FamilyMemberChange, MEMBER_CHANGE)
@families.answers(200, Family, FAMILY)
def change_family_member(body: dict[str, Any], case_key: str, family_member_key: str) -> Response:
    """Change what is recorded of a member of the family.

    The block list, the way of service, the end, each with a reason that only the SEND team reads.
    """
    changes = {name: value for name, value in body.items() if name != "reason"}
    return answer(
        service.change_member(
            current_engine(), current_principal(), case_key, family_member_key, changes, body["reason"]
        )
    )


@families.put("/<key:case_key>/capacity")
@permission("family:change")
@problems("not-found")
@families.takes(Capacity, CAPACITY)
@families.answers(200, Family, FAMILY)
def set_capacity(body: dict[str, Any], case_key: str) -> Response:
    """Say since when a young person lacks capacity.

    From the end of compulsory school age on, notices then go to whoever acts for them (regulation 64).
    """
    return answer(
        service.record_capacity(
            current_engine(), current_principal(), case_key, body["lacks_capacity_since"], body["reason"]
        )
    )
