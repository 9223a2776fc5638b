"""What plans, their versions and their differences look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.cases.schemas import KnownChild
from api.families.schemas import NEW_MEMBER, NewFamilyMember
from api.fields import Day, Flag, Instant, Key, QueryNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.requests.identifiers import urn
from api.requests.schemas import NewChild
from api.schema import AnswerSchema, RequestSchema
from engine.plans.sections import TITLES
from engine.plans.settings import SETTING_TYPES
from engine.services.plans.plans import STATUSES

_BY_LETTER = (
    "The content by letter: " + ", ".join(f"{letter} ({title})" for letter, title in TITLES.items()) + "."
)


def _sections(**options: Any) -> fields.Dict:
    """The content of a plan; the engine says, part by part, what doesn't belong there."""
    about = options.pop("description", _BY_LETTER)
    return fields.Dict(keys=fields.String(), metadata={"description": about}, **options)


class PlanQuery(ListQuery):
    """Which plans to list."""

    status = choice(*STATUSES)
    setting = fields.String(validate=urn(), metadata={"description": "The URN that the plan names."})
    review_due_before = Day(
        metadata={"description": "The next review is planned to be decided before this day; earliest first."}
    )


class CompareQuery(RequestSchema):
    """Which version to compare with."""

    other = QueryNumber(
        least=1,
        most=100_000,
        data_key="with",
        metadata={"description": "The number of a version; without it, the last one issued before."},
    )


class LastReview(RequestSchema):
    """The review of a plan that was decided last."""

    meeting_on = Day(required=True)
    decided_on = Day(required=True, metadata={"description": "The day its decision was notified."})


class NewPlan(RequestSchema):
    """A plan that another authority, or an older system, made."""

    child = fields.Nested(NewChild, required=True)
    finalised_on = Day(required=True, metadata={"description": "The day on which the plan was first made."})
    setting_urn = fields.String(
        validate=urn(), allow_none=True, metadata={"description": "The setting that section I names."}
    )
    setting_type = choice(
        *sorted(SETTING_TYPES),
        allow_none=True,
        metadata={"description": "Its kind, where there is no URN or the authority's list doesn't say it."},
    )
    last_review = fields.Nested(LastReview, allow_none=True)
    looked_after = Flag(load_default=False)
    in_custody = Flag(load_default=False)
    sections = _sections()
    family = fields.List(
        fields.Nested(NewFamilyMember),
        validate=validate.Length(max=20, error="A family has at most 20 members here."),
        metadata={"description": "Who is told of decisions, and how."},
    )
    refuse_duplicates = Flag(
        load_default=False,
        metadata={"description": "`true`: 409 where a plan for this UPN or NHS number is in force here."},
    )


class BroughtIn(AnswerSchema):
    """The plan and the case that were made."""

    plan_key = Key(required=True)
    case_key = Key(required=True)
    duplicates = fields.List(
        Key(),
        required=True,
        metadata={"description": "Cases with a plan in force for the same UPN or NHS number: look at them."},
    )


class Plan(AnswerSchema):
    """A plan as it stands today."""

    key = Key(required=True)
    case_key = Key(required=True)
    status = choice(
        *STATUSES, required=True, metadata={"description": "One that is `ceasing` is still in force."}
    )
    child = fields.Nested(KnownChild, required=True, allow_none=True)
    made_on = Day(required=True)
    brought_in = fields.Boolean(required=True)
    version = fields.Integer(required=True, metadata={"description": "The newest version issued."})
    setting_urn = fields.String(required=True, allow_none=True)
    setting_type = fields.String(required=True)
    curriculum_year = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The year group today; null: not known."}
    )
    looked_after = fields.Boolean(required=True, allow_none=True)
    in_custody = fields.Boolean(required=True, allow_none=True)
    next_review_by = Day(
        required=True,
        allow_none=True,
        metadata={"description": "The day by which the next review is planned to be decided."},
    )
    ceased_on = Day(required=True, allow_none=True)


class PlanPage(ListPage):
    """A page of plans."""

    items = fields.List(fields.Nested(Plan), required=True)


class PlanUpdate(AnswerSchema):
    """A piece of information that came in since the version before, and what was said to it."""

    document_key = Key(required=True)
    source = fields.String(required=True, metadata={"description": "An organisation, or `family`."})
    received_on = Day(required=True)
    accepted = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)


class PlanVersion(AnswerSchema):
    """One version of a plan. Once it is issued it never changes."""

    number = fields.Integer(required=True)
    state = choice("draft", "issued", "discarded", required=True)
    origin = choice("assessment", "brought_in", "review", "amendment", "phase_transfer", required=True)
    digest = fields.String(required=True, metadata={"description": "SHA-256 of the content."})
    issued_on = Day(required=True, allow_none=True)
    created_at = Instant(required=True)
    sections = _sections(
        required=True,
        allow_none=True,
        description=_BY_LETTER + " Null in lists, and for whoever may not read the plan.",
    )
    updates = fields.List(
        fields.Nested(PlanUpdate),
        required=True,
        allow_none=True,
        metadata={"description": "What came in since the version before; for the SEND team."},
    )


class PlanVersionPage(ListPage):
    """All versions of a plan, oldest first, without their content."""

    items = fields.List(fields.Nested(PlanVersion), required=True)


class DraftSections(RequestSchema):
    """Sections of a draft version: each replaces the one of its letter, null takes it out."""

    sections = _sections(required=True)


class Line(AnswerSchema):
    """A line of a section."""

    mark = choice("added", "removed", "same", required=True)
    text = fields.String(required=True)


class SectionChange(AnswerSchema):
    """How a section went from one version to another."""

    section = fields.String(required=True)
    title = fields.String(required=True)
    change = choice("added", "removed", "changed", "same", required=True)
    lines = fields.List(
        fields.Nested(Line), required=True, metadata={"description": "Of both versions; none where same."}
    )


class Comparison(AnswerSchema):
    """Two versions of a plan, section by section."""

    before = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Null where there is no earlier version."}
    )
    after = fields.Integer(required=True)
    sections = fields.List(fields.Nested(SectionChange), required=True)


SECTIONS: dict[str, Any] = {
    "A": {"child": "I want to become a gardener.", "childQuoted": True, "parents": "A place to feel safe."},
    "B": {"primary": "SLCN", "needs": [{"area": "communication", "need": "Loses longer sentences."}]},
    "C": {"none": True},
    "D": {"none": True},
    "E": {"outcomes": [{"kind": "education", "outcome": "Follows two steps.", "needs": ["B1"]}]},
    "F": {"provision": [{"what": "A daily language programme.", "who": "An assistant", "needs": ["B1"]}]},
    "I": {"settingType": "mainstream_school", "settingUrn": "123456"},
    "K": {"advice": [{"adviser": "education", "on": "2026-01-12", "how": "sought"}]},
}
NEW_PLAN: dict[str, Any] = {
    "child": {
        "givenName": "Robin",
        "familyName": "Example",
        "dateOfBirth": "2018-03-14",
        "nationalCurriculumYear": 4,
        "upn": "B801200005001",
        "nhsNumber": "9990000018",
    },
    "finalisedOn": "2025-02-10",
    "settingUrn": "123456",
    "lastReview": {"meetingOn": "2026-01-12", "decidedOn": "2026-02-06"},
    "lookedAfter": False,
    "family": [NEW_MEMBER],
    "sections": SECTIONS,
}
BROUGHT_IN: dict[str, Any] = {"planKey": "64", "caseKey": "1024", "duplicates": []}
PLAN: dict[str, Any] = {
    "key": "64",
    "caseKey": "1024",
    "status": "live",
    "child": NEW_PLAN["child"],
    "madeOn": "2025-02-10",
    "broughtIn": True,
    "version": 1,
    "settingUrn": "123456",
    "settingType": "maintained_school",
    "curriculumYear": 4,
    "lookedAfter": False,
    "inCustody": False,
    "nextReviewBy": "2027-01-11",
    "ceasedOn": None,
}
VERSION: dict[str, Any] = {
    "number": 2,
    "state": "issued",
    "origin": "review",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "issuedOn": "2026-04-01",
    "createdAt": "2026-02-06T10:00:00Z",
    "sections": SECTIONS,
    "updates": [
        {
            "documentKey": "2051",
            "source": "camhs",
            "receivedOn": "2026-01-08",
            "accepted": True,
            "reason": "It describes the last year.",
        }
    ],
}
LISTED_VERSION: dict[str, Any] = {**VERSION, "sections": None, "updates": None}
DRAFT = {"sections": {"A": SECTIONS["A"]}}
COMPARISON: dict[str, Any] = {
    "before": 1,
    "after": 2,
    "sections": [
        {
            "section": "E",
            "title": TITLES["E"],
            "change": "changed",
            "lines": [
                {"mark": "removed", "text": "Outcome E1: Follows two steps."},
                {"mark": "added", "text": "Outcome E1: Follows three steps."},
            ],
        }
    ],
}
PLAN_PAGE: dict[str, Any] = {"items": [PLAN], "page": LAST}
VERSION_PAGE: dict[str, Any] = {"items": [LISTED_VERSION], "page": LAST}
