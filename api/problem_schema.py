"""The schema of a problem document."""

from __future__ import annotations

from marshmallow import fields

from api.schema import AnswerSchema


class ProblemField(AnswerSchema):
    """One field that is wrong."""

    place = fields.String(
        required=True, data_key="in", metadata={"description": "`body`, `query` or `header`."}
    )
    field = fields.String(required=True, metadata={"description": "The field's path, with dots."})
    message = fields.String(required=True, metadata={"description": "What is wrong and what to do."})


class Problem(AnswerSchema):
    """Why a request wasn't carried out (RFC 9457)."""

    type = fields.String(
        required=True,
        metadata={"format": "uri", "description": "The kind of problem: stable, made for programs."},
    )
    title = fields.String(required=True, metadata={"description": "The kind of problem, for people."})
    status = fields.Integer(required=True, metadata={"description": "The HTTP status."})
    detail = fields.String(
        required=True, metadata={"description": "What is wrong here, where, and what to do."}
    )
    instance = fields.String(
        required=True,
        metadata={"format": "uri-reference", "description": "The address that was asked."},
    )
    request_id = fields.String(required=True, metadata={"description": "As in `X-Request-Id`."})
    errors = fields.List(fields.Nested(ProblemField), metadata={"description": "Every field that is wrong."})
    holder = fields.String(metadata={"description": "`task-held`: who has claimed the task."})
    incident_key = fields.String(metadata={"description": "`incident`: the incident that was stored."})
    reasons = fields.List(
        fields.String(), metadata={"description": "`not-ready`: what the service waits for."}
    )
