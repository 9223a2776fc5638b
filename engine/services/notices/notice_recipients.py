"""To whom a letter goes: the codes that a decision table gives, as people and organisations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from engine.law import due
from engine.services.families.family_rows import Family, Member, family_in
from engine.services.plans.plan_rows import plan_of
from engine.services.principals import SEND_TEAM

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: Recipients that are always the same organisation.
_ORGANISATIONS = {"icb": "icb", "health": "icb", "social_care": "social_care", "send_officer": SEND_TEAM}
#: Organisations sign in: what is sent to them is there the same day.
_BETWEEN_ORGANISATIONS = "portal"


@dataclass(frozen=True)
class Recipient:
    """One person or organisation that a letter goes to, how, and when it counts as served."""

    code: str
    channel: str
    served_on: date
    organisation: str | None = None
    member_key: int | None = None


def recipients_of(step: CaseStep, codes: Sequence[str], organisation: str | None) -> list[Recipient]:
    """Everybody whom a letter of today goes to.

    Args:
        codes: as the decision table gives them, `family` for everybody who holds the rights today.
        organisation: whom `setting`, `adviser` and `consulted_setting` mean, where the diagram says.

    Raises:
        ValueError: everybody who holds the rights is on the block list, nobody is recorded but a parent who
            is on it, or it isn't known which organisation a code means.
    """
    found: dict[tuple[str | None, int | None], Recipient] = {}
    for code in codes:
        for recipient in _named(step, code, organisation):
            found.setdefault((recipient.organisation, recipient.member_key), recipient)
    return list(found.values())


def _named(step: CaseStep, code: str, organisation: str | None) -> list[Recipient]:
    if code == "family":
        return _family(step)
    return [Recipient(code, _BETWEEN_ORGANISATIONS, step.today, _organisation(step, code, organisation))]


def _organisation(step: CaseStep, code: str, organisation: str | None) -> str:
    found = _ORGANISATIONS.get(code) or organisation or (_setting(step) if code == "setting" else None)
    if found is None:
        raise ValueError(
            f"It isn't known which organisation '{code}' means in this case. Give the notice the input"
            ' organisation, for instance "urn:103456".'
        )
    return found


def _setting(step: CaseStep) -> str | None:
    """The setting that the plan names; before there is one, the setting attended."""
    plan = plan_of(step)
    urn = plan.setting_urn if plan is not None else step.case.setting_urn
    return f"urn:{urn}" if urn else None


def _family(step: CaseStep) -> list[Recipient]:
    """Everybody who holds the rights today and may be written to.

    Where nobody is recorded, the letter goes by post to whoever holds them.
    """
    family = family_in(step)
    holders = family.holders(step.today)
    if not holders and family.has_blocked_parent(step.today):
        raise ValueError(_PARENT_BLOCKED)
    if not holders:
        return [Recipient("family", "post", served_on(step, "post"))]
    addressed = [member for member in holders if not member.blocked]
    if not addressed:
        raise ValueError(_nobody_left(family, step.today))
    return [_of_member(step, member) for member in addressed]


def _of_member(step: CaseStep, member: Member) -> Recipient:
    channel = member.channel_on(step.today)
    return Recipient("family", channel, served_on(step, channel), member_key=member.key)


def served_on(step: CaseStep, channel: str, sent_on: date | None = None) -> date:
    """The day on which what leaves on a day, without one today, counts as served.

    A letter by post counts from the second working day after posting (Interpretation Act 1978, s.7, in a
    reading of ours that never shortens the family's time); anything else from the day it is sent.
    """
    day = sent_on or step.today
    if channel != "post":
        return day
    rule = step.engine.statute.rule("deemed_service_post_2wd")
    return due(rule, day, calendar=step.calendar).last_day


_PARENT_BLOCKED = (
    "Nobody who holds the rights is recorded, and a parent is on the safeguarding block list: a letter to"
    " “the parents” could reach them. Record who else holds the rights, then retry."
)


def _nobody_left(family: Family, on: date) -> str:
    quality = family.quality(on).value.replace("_", " ")
    return (
        f"Everybody who holds the rights as {quality} is on the safeguarding block list, and a notice is"
        " never addressed to somebody on it. Record somebody else who may act, or take the block away with"
        " its reason, then retry."
    )
