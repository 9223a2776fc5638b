"""What escalations, coded reasons and figures of lateness look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.deadlines.schemas import Help
from api.fields import Day, Instant, Key, Line, Pattern, Prose, QueryFlag, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.services.escalations.escalation_lists import REASONS
from engine.services.escalations.escalations import LEVELS, STATES

_CODE = Pattern(
    "^[a-z][a-z0-9_]{1,39}$", error="A code is 2 to 40 small letters, digits and _, and begins with a letter."
)


class EscalationQuery(ListQuery):
    """Which escalations to list; all conditions must hold."""

    state = choice("all", *STATES, metadata={"description": "Without it, all that aren't resolved."})
    case_key = Key()
    level = choice(*LEVELS)
    reason = choice(*REASONS)
    organisation = Line(
        longest=80, metadata={"description": "Code of who owes what is late; `mine` for one's own."}
    )
    due_before = Day(metadata={"description": "Only limits whose last compliant day lies before this one."})
    mine = QueryFlag(
        metadata={"description": "`true`: it waits at the caller's level, or is about a task that they hold."}
    )


class Escalation(AnswerSchema):
    """What is late or nearly so, since when, under which rule, and who can still act."""

    key = Key(required=True)
    case_key = Key(required=True)
    rule = fields.String(required=True)
    occurrence = fields.String(required=True, allow_none=True)
    citation = fields.String(required=True)
    organisation = fields.String(required=True, metadata={"description": "Who owes it."})
    level = choice(*LEVELS, required=True)
    reason = choice(*REASONS, required=True)
    due_on = Day(required=True, allow_none=True, metadata={"description": "The last compliant day."})
    since = Day(required=True, allow_none=True, metadata={"description": "The first day of lateness."})
    task_key = Key(required=True, allow_none=True)
    task_name = fields.String(required=True, allow_none=True)
    task_holder = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Who holds the task; null when nobody does, and for boards."},
    )
    raised_at = Instant(required=True)
    state = choice(*STATES, required=True)
    answer = fields.String(
        required=True, allow_none=True, metadata={"description": "The coded reason that was given last."}
    )
    told = fields.Integer(required=True, metadata={"description": "How often somebody was told."})
    quiet_until = Day(
        required=True,
        allow_none=True,
        metadata={"description": "The last day on which nobody below a board is told of it again."},
    )
    ladder_row = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The row of the ladder that put it where it is."},
    )
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})


class EscalationPage(ListPage):
    """A page of escalations, the newest first."""

    items = fields.List(fields.Nested(Escalation), required=True)


class EscalationEntry(AnswerSchema):
    """Something that happened in a thread: by time (without author), or by somebody."""

    at = Instant(required=True)
    kind = choice(
        "raised", "moved", "told", "resolved", "acknowledged", "note", "answered", "handed_up", required=True
    )
    level = fields.String(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True, metadata={"description": "The coded reason."})
    words = fields.String(
        required=True, allow_none=True, metadata={"description": "Boards see only what boards wrote."}
    )
    author = fields.String(required=True, allow_none=True, metadata={"description": "null for boards."})
    role = fields.String(required=True, allow_none=True)
    organisation = fields.String(required=True, allow_none=True)


class EscalationThread(AnswerSchema):
    """An escalation with everything that happened in it, the first first."""

    escalation = fields.Nested(Escalation, required=True)
    entries = fields.List(fields.Nested(EscalationEntry), required=True)


class EscalationNote(RequestSchema):
    """Words for the thread."""

    note = Prose(required=True)


class EscalationAnswer(RequestSchema):
    """Why it is late."""

    reason = fields.String(
        required=True,
        validate=_CODE,
        metadata={"description": "A code of `/lateness-reasons`.", "maxLength": 40},
    )
    note = Prose(allow_none=True)


class Acknowledgement(RequestSchema):
    """That it is looked after; without a body it doesn't rest."""

    may_be_left_out = True

    until = Day(
        allow_none=True,
        metadata={
            "description": "The last day on which nobody below a board is told again; at most 28 days on."
        },
    )


class EscalationHearing(AnswerSchema):
    """Somebody who was told of an escalation, or is to be with the next digest."""

    stage = fields.Integer(required=True, metadata={"description": "Which telling it was, from 1."})
    at = Instant(required=True)
    recipient = fields.String(required=True, metadata={"description": "As what they hear it."})
    person = fields.String(required=True, allow_none=True, metadata={"description": "null for boards."})
    instead_of = fields.String(
        required=True, allow_none=True, metadata={"description": "Whom the ladder names; nobody is there."}
    )
    covers = fields.String(required=True, allow_none=True, metadata={"description": "Who is away."})
    level = choice(*LEVELS, required=True)
    reason = choice(*REASONS, required=True)
    channel = fields.String(required=True)
    ladder_row = fields.String(required=True, allow_none=True)
    state = fields.String(
        required=True,
        metadata={
            "description": "`waits` for a digest, `withdrawn`, `passed_on` to whoever is told in their "
            "place, `read`, or the message's own state."
        },
    )
    message_key = Key(required=True, allow_none=True)
    sent_at = Instant(required=True, allow_none=True)
    read_at = Instant(required=True, allow_none=True)


class EscalationHearingPage(ListPage):
    """Everybody who was told, the first telling first."""

    items = fields.List(fields.Nested(EscalationHearing), required=True)


class LadderQuery(RequestSchema):
    """Which of several limits of a rule."""

    occurrence = Line(longest=80, metadata={"description": "Without it, all of them."})


class LadderRecipient(AnswerSchema):
    """Somebody who would be told, as things stand today."""

    recipient = fields.String(required=True)
    person = fields.String(required=True, allow_none=True)
    instead_of = fields.String(required=True, allow_none=True)
    covers = fields.String(required=True, allow_none=True)


class ComingTelling(AnswerSchema):
    """A telling that comes if nothing happens."""

    at = Instant(required=True)
    heard_at = Instant(required=True, metadata={"description": "In working hours."})
    reason = choice(*REASONS, required=True)
    level = choice(*LEVELS, required=True)
    channel = fields.String(required=True)
    ladder_row = fields.String(required=True)
    row_number = fields.Integer(required=True)
    description = fields.String(required=True)
    recipients = fields.List(fields.Nested(LadderRecipient), required=True)


class LimitForecast(AnswerSchema):
    """How likely a limit is to be missed, and what that rests on."""

    likelihood = fields.Integer(required=True, metadata={"description": "In per cent."})
    comparable = fields.Integer(required=True)
    missed = fields.Integer(required=True, metadata={"description": "How many of the comparable ones were."})
    basis = fields.String(required=True, metadata={"description": "What these have in common with it."})
    state = fields.String(required=True, metadata={"description": "How the work on it stood."})
    helps = fields.List(fields.Nested(Help), required=True)
    made_on = Day(required=True, metadata={"description": "The morning of the forecast."})
    warned_at = Instant(required=True, allow_none=True)


class LadderOfLimit(AnswerSchema):
    """Where one limit stands on the ladder: who was told, who will be, and why nobody more."""

    deadline_key = Key(required=True)
    rule = fields.String(required=True)
    occurrence = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    citation = fields.String(required=True)
    organisation = fields.String(required=True)
    due_on = Day(required=True, allow_none=True)
    status = fields.String(required=True)
    escalation = fields.Nested(Escalation, required=True, allow_none=True)
    told = fields.List(fields.Nested(EscalationHearing), required=True)
    coming = fields.List(fields.Nested(ComingTelling), required=True)
    explanation = fields.String(required=True, allow_none=True)
    forecast = fields.Nested(LimitForecast, required=True, allow_none=True)
    forecast_explanation = fields.String(
        required=True, allow_none=True, metadata={"description": "Why nothing is forecast."}
    )


class LadderPage(ListPage):
    """Every limit of the rule."""

    items = fields.List(fields.Nested(LadderOfLimit), required=True)


class HandUp(RequestSchema):
    """What the next level is to know."""

    note = Prose(allow_none=True)


class LatenessReason(AnswerSchema):
    """A coded reason for lateness."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    ended_on = Day(
        required=True, allow_none=True, metadata={"description": "From this day on it isn't offered."}
    )


class LatenessReasonPage(ListPage):
    """All coded reasons of the authority."""

    items = fields.List(fields.Nested(LatenessReason), required=True)


class LatenessReasonChange(RequestSchema):
    """A reason to add, to say in other words, or to end."""

    code = fields.String(required=True, validate=_CODE)
    title = Line(required=True)
    ended_on = Day(allow_none=True, load_default=None)


class LatenessQuery(RequestSchema):
    """The limits that are counted, by their last compliant days; without days, those of the last year."""

    due_from = Day(metadata={"description": "Without it, a year before `dueTo`."})
    due_to = Day(metadata={"description": "Without it, today."})
    rule = Line(longest=80)


class LatenessFigure(AnswerSchema):
    """How many limits an organisation missed for one reason."""

    organisation = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True, metadata={"description": "null: nobody has said."})
    title = fields.String(required=True, allow_none=True)
    count = fields.Integer(required=True)


class LatenessFigurePage(ListPage):
    """Missed limits by organisation and reason."""

    items = fields.List(fields.Nested(LatenessFigure), required=True)


ESCALATION: dict[str, Any] = {
    "key": "77",
    "caseKey": "1024",
    "rule": "reg8_advice_6w",
    "occurrence": "camhs",
    "citation": "reg 8(1),(2); CFA s.31",
    "organisation": "camhs",
    "level": "service_manager",
    "reason": "missed",
    "dueOn": "2026-04-23",
    "since": "2026-04-24",
    "taskKey": "4100",
    "taskName": "Give advice",
    "taskHolder": None,
    "raisedAt": "2026-04-23T23:00:00Z",
    "state": "answered",
    "answer": "missed_appointments",
    "told": 3,
    "quietUntil": None,
    "ladderRow": "escalation_ladder_rule_13",
    "version": 3,
}
ESCALATION_PAGE: dict[str, Any] = {"items": [ESCALATION], "page": LAST}
_RAISED = {
    "at": "2026-04-23T23:00:00Z",
    "kind": "raised",
    "level": "service_manager",
    "code": None,
    "words": None,
    "author": None,
    "role": None,
    "organisation": None,
}
_ANSWERED = {
    "at": "2026-04-24T08:30:00Z",
    "kind": "answered",
    "level": "service_manager",
    "code": "missed_appointments",
    "words": "Two appointments were missed; the third is on 30 April.",
    "author": "Chidi Nwosu",
    "role": "service_manager",
    "organisation": "camhs",
}
ESCALATION_THREAD: dict[str, Any] = {"escalation": ESCALATION, "entries": [_RAISED, _ANSWERED]}
ACKNOWLEDGEMENT: dict[str, Any] = {"until": None}
_HEARING: dict[str, Any] = {
    "stage": 3,
    "at": "2026-04-23T23:00:00Z",
    "recipient": "service_manager@camhs",
    "person": "Chidi Nwosu",
    "insteadOf": None,
    "covers": None,
    "level": "service_manager",
    "reason": "missed",
    "channel": "email",
    "ladderRow": "escalation_ladder_rule_13",
    "state": "delivered",
    "messageKey": "812",
    "sentAt": "2026-04-24T07:00:02Z",
    "readAt": None,
}
ESCALATION_HEARINGS: dict[str, Any] = {"items": [_HEARING], "page": LAST}
_COMING: dict[str, Any] = {
    "at": "2026-04-24T23:00:00Z",
    "heardAt": "2026-04-27T07:00:00Z",
    "reason": "missed",
    "level": "dco_dsco",
    "channel": "email",
    "ladderRow": "escalation_ladder_rule_15",
    "rowNumber": 15,
    "description": "Missed by health or social care and answered: they keep it three days longer",
    "recipients": [{"recipient": "dco@icb", "person": "Ada Hart", "insteadOf": None, "covers": None}],
}
LADDER_PAGE: dict[str, Any] = {
    "items": [
        {
            "deadlineKey": "310",
            "rule": "reg8_advice_6w",
            "occurrence": "camhs",
            "title": "Give advice",
            "citation": "reg 8(1),(2); CFA s.31",
            "organisation": "camhs",
            "dueOn": "2026-04-23",
            "status": "running",
            "escalation": ESCALATION,
            "told": [_HEARING],
            "coming": [_COMING],
            "explanation": None,
            "forecast": None,
            "forecastExplanation": "Its last day is over: there is nothing to forecast.",
        }
    ],
    "page": LAST,
}
ESCALATION_NOTE: dict[str, Any] = {"note": "The clinic has found an earlier appointment."}
ESCALATION_ANSWER: dict[str, Any] = {"reason": "missed_appointments", "note": "The third is on 30 April."}
HAND_UP: dict[str, Any] = {"note": "We can't find cover before May."}
LATENESS_REASON: dict[str, Any] = {
    "code": "missed_appointments",
    "title": "The child or young person was not brought to an appointment",
    "endedOn": None,
}
LATENESS_REASON_PAGE: dict[str, Any] = {"items": [LATENESS_REASON], "page": LAST}
LATENESS_REASON_CHANGE: dict[str, Any] = {
    "code": "awaiting_interpreter",
    "title": "No interpreter was to be had",
    "endedOn": None,
}
LATENESS_FIGURES: dict[str, Any] = {
    "items": [
        {
            "organisation": "child_health",
            "reason": "missed_appointments",
            "title": LATENESS_REASON["title"],
            "count": 12,
        }
    ],
    "page": LAST,
}
