"""What is sent and answered where people set something going on a plan."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Flag, Key, Line, Prose, WholeNumber, choice
from api.schema import AnswerSchema, RequestSchema
from engine.plans.school_years import FIRST_YEAR
from engine.services.plans.cessations import GROUNDS
from engine.services.plans.phase_actions import PHASES

_LONGEST_OCCURRENCE = 80
_LAST_YEAR = 21


class Amendment(RequestSchema):
    """Why a plan is to be amended without a review (regulation 28)."""

    reason = Prose(required=True)


class Cessation(RequestSchema):
    """Why a plan may have to end (section 45)."""

    ground = choice(*GROUNDS, required=True)
    reason = Prose(required=True)


class CurriculumYear(RequestSchema):
    """The year group of a child or young person in this school year, also out of the usual one."""

    year = WholeNumber(
        least=FIRST_YEAR,
        most=_LAST_YEAR,
        required=True,
        metadata={"description": "Reception is 0, nursery -1 and -2; after year 11 count on."},
    )
    setting_phase = choice(
        *PHASES,
        allow_none=True,
        metadata={"description": "The kind of school by the years it takes, where it isn't the usual one."},
    )
    reason = Prose(required=True)


class PhaseTransfer(RequestSchema):
    """A move to another phase or institution that no year group tells of (regulation 18)."""

    transfer_on = Day(required=True, metadata={"description": "The day of the move."})
    reason = Prose(required=True)


class Appeal(RequestSchema):
    """That an appeal against a notice has reached the tribunal."""

    occurrence = Line(
        longest=_LONGEST_OCCURRENCE,
        required=True,
        allow_none=True,
        metadata={"description": "The notice's occurrence; null for a decision on the request itself."},
    )
    lodged_on = Day(required=True)


class AppealOutcome(RequestSchema):
    """How an appeal ended."""

    ended_on = Day(required=True)
    cease_upheld = Flag(
        required=True, metadata={"description": "Whether the decision to end the plan stands."}
    )


class Started(AnswerSchema):
    """A process that was set going, and the name of its limits and notices."""

    case_key = Key(required=True)
    process_instance_key = Key(required=True)
    occurrence = fields.String(required=True)


class YearGroup(AnswerSchema):
    """The year group in the school year that began on `yearFrom`."""

    case_key = Key(required=True)
    year = fields.Integer(required=True)
    year_from = Day(required=True, allow_none=True)
    setting_phase = fields.String(required=True, allow_none=True)


class Transfer(AnswerSchema):
    """A move that was asked for, its kind, and the name of its limits."""

    case_key = Key(required=True)
    occurrence = fields.String(required=True)
    kind = fields.String(required=True)


class LodgedAppeal(AnswerSchema):
    """An appeal; `endedOn` is null while it is pending."""

    case_key = Key(required=True)
    occurrence = fields.String(required=True)
    lodged_on = Day(required=True)
    ended_on = Day(required=True, allow_none=True)


AMENDMENT: dict[str, Any] = {"reason": "The speech therapist's new advice asks for more provision."}
CESSATION: dict[str, Any] = {"ground": "not_necessary", "reason": "The outcomes have been achieved."}
CURRICULUM_YEAR: dict[str, Any] = {
    "year": 5,
    "settingPhase": None,
    "reason": "Taught a year below the usual one.",
}
PHASE_TRANSFER: dict[str, Any] = {"transferOn": "2027-09-01", "reason": "The course ends at this college."}
APPEAL: dict[str, Any] = {"occurrence": "cessation-1", "lodgedOn": "2026-12-04"}
OUTCOME: dict[str, Any] = {"endedOn": "2027-05-20", "ceaseUpheld": False}
STARTED: dict[str, Any] = {"caseKey": "1024", "processInstanceKey": "2048", "occurrence": "amendment-1"}
YEAR_GROUP: dict[str, Any] = {
    "caseKey": "1024",
    "year": 5,
    "yearFrom": "2026-09-01",
    "settingPhase": None,
}
TRANSFER: dict[str, Any] = {"caseKey": "1024", "occurrence": "phase-2027", "kind": "post_16_to_post_16"}
LODGED: dict[str, Any] = {
    "caseKey": "1024",
    "occurrence": "cessation-1",
    "lodgedOn": "2026-12-04",
    "endedOn": None,
}
