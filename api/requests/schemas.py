"""What a request for an assessment looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Flag, Key, Line, WholeNumber, choice
from api.requests.identifiers import NhsNumber, Upn, urn
from api.schema import AnswerSchema, RequestSchema
from engine.services.cases.cases import REQUESTERS


class NewChild(RequestSchema):
    """The child or young person; under 25 on the day of receipt."""

    given_name = Line(required=True)
    family_name = Line(required=True)
    date_of_birth = Day(required=True)
    national_curriculum_year = WholeNumber(
        least=-2,
        most=14,
        required=True,
        allow_none=True,
        metadata={"description": "-2 and -1 for nursery, 0 for reception, 1 to 14; null when there is none."},
    )
    upn = fields.String(
        validate=Upn(), allow_none=True, metadata={"description": "Unique pupil number, check letter first."}
    )
    nhs_number = fields.String(
        validate=NhsNumber(), allow_none=True, metadata={"description": "Ten digits without spaces."}
    )


class Requester(RequestSchema):
    """Who asks for the assessment."""

    role = choice(
        *REQUESTERS,
        required=True,
        metadata={
            "description": "`other` brings the child to the authority's attention (section 24); the limits "
            "then count from that day."
        },
    )
    name = Line(required=True)


class Circumstances(RequestSchema):
    """What decides whose advice must be sought (regulation 6(1)). Whatever isn't said is taken as not so."""

    looked_after = Flag(load_default=False)
    detained = Flag(load_default=False)
    sensory_impairment = Flag(load_default=False)
    armed_forces_parent = Flag(load_default=False)
    known_to_social_care = Flag(load_default=False)
    recent_assessment = Flag(
        load_default=False, metadata={"description": "An assessment was made in the last six months."}
    )


class NewRequest(RequestSchema):
    """A request for an EHC needs assessment, as it was received."""

    child = fields.Nested(NewChild, required=True)
    requested_by = fields.Nested(Requester, required=True)
    received_on = Day(required=True, metadata={"description": "The day of receipt: today or before."})
    setting_urn = fields.String(
        validate=urn(), allow_none=True, metadata={"description": "The setting that the child attends."}
    )
    circumstances = fields.Nested(Circumstances)


class RaisedRequest(AnswerSchema):
    """The case and process instance that a request has opened."""

    case_key = Key(required=True)
    process_instance_key = Key(required=True)


NEW_REQUEST: dict[str, Any] = {
    "child": {
        "givenName": "Robin",
        "familyName": "Example",
        "dateOfBirth": "2018-03-14",
        "nationalCurriculumYear": 3,
        "upn": "B801200005001",
        "nhsNumber": "9990000018",
    },
    "requestedBy": {"role": "parent", "name": "Sam Example"},
    "receivedOn": "2026-01-29",
    "settingUrn": "103456",
}
RAISED_REQUEST = {"caseKey": "1024", "processInstanceKey": "2048"}
