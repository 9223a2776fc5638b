"""What must be so before a task of a review can be completed: its dates in order, its decision allowed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.errors import FieldProblem
from engine.services.days import as_day
from engine.services.plans.cessation_actions import ADULT, UNDER_18, age_of
from engine.services.reviews.invitations import invited_on
from engine.services.reviews.review_rows import live_review
from engine.spiff import ElementInfo

if TYPE_CHECKING:
    from engine.services.step import CaseStep

_HELD = "answers.heldOn"


def held_by_today(step: CaseStep, element: ElementInfo, answers: Mapping[str, Any]) -> list[FieldProblem]:
    """What was held wasn't held in the future."""
    held_on = as_day(answers.get("heldOn"))
    if held_on is None or held_on <= step.today:
        return []
    return [
        FieldProblem(_HELD, f"Nothing can have been held after today, {step.today}. Give the day it was.")
    ]


def meeting_in_order(step: CaseStep, element: ElementInfo, answers: Mapping[str, Any]) -> list[FieldProblem]:
    """A review meeting comes after its invitations, which need two weeks' notice (reg 20(3), reg 21(3))."""
    late = held_by_today(step, element, answers)
    held_on, invited = as_day(answers.get("heldOn")), _invited(step)
    if late or held_on is None or invited is None or invited <= held_on:
        return late
    return [
        FieldProblem(
            _HELD,
            f"Everybody was invited on {invited}: the meeting can't have been held before. The law asks for"
            " two weeks' notice (SEND Regulations 2014, reg 20(3), reg 21(3)).",
        )
    ]


def ending_allowed(step: CaseStep, element: ElementInfo, answers: Mapping[str, Any]) -> list[FieldProblem]:
    """Under 18 a review may lead to the end of a plan only if it is no longer necessary (regulation 29)."""
    ground = answers.get("ceaseGround")
    if answers.get("decision") != "cease" or ground == "not_necessary" or age_of(step) >= ADULT:
        return []
    return [FieldProblem("answers.ceaseGround", UNDER_18)]


def _invited(step: CaseStep) -> date | None:
    review = live_review(step)
    return None if review is None else invited_on(step, review)
