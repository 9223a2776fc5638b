"""What deployments look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Instant, Key, Pattern, Prose, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema

_NAME = Pattern(
    r"^([A-Za-z0-9][A-Za-z0-9_.-]{0,180}\.(bpmn|dmn|form|html|txt)|_[A-Za-z0-9_.-]{1,180}\.html)$",
    error="A file's name is letters, digits, _, - and ., and ends in .bpmn, .dmn, .form, .html or .txt.",
)
_MOST_FILES = 500
_LONGEST_FILE = 2_000_000
_STANDINGS = ("new", "changed", "unchanged", "removed")


def _files() -> fields.Dict:
    return fields.Dict(
        keys=fields.String(validate=_NAME),
        values=fields.String(validate=validate.Length(max=_LONGEST_FILE)),
        required=True,
        validate=validate.Length(min=1, max=_MOST_FILES, error="Send 1 to 500 files."),
        metadata={
            "description": "Each file's name and its text. Files of the newest deployment that aren't sent "
            "are taken over, so that one changed diagram can be deployed alone."
        },
    )


class DeploymentQuery(ListQuery):
    """Which page of the deployments."""


class NewCheck(RequestSchema):
    """Files to be looked at."""

    files = _files()


class NewDeployment(RequestSchema):
    """Files to be deployed, and why."""

    files = _files()
    reason = Prose(required=True, longest=1000)
    accepted_losses = fields.List(
        fields.String(validate=validate.Length(min=1, max=500)),
        load_default=list,
        metadata={"description": "Ids of the losses that are meant, as the check names them."},
    )


class Finding(AnswerSchema):
    """What a check says of an element."""

    file = fields.String(required=True)
    element = fields.String(required=True, metadata={"description": "Empty where the whole file is meant."})
    severity = choice("error", "warning", required=True)
    rule = fields.String(required=True, metadata={"description": "The rule's stable name."})
    message = fields.String(required=True)
    remedy = fields.String(required=True)


class FileChange(AnswerSchema):
    """A file beside the one that is deployed."""

    name = fields.String(required=True)
    change = choice(*_STANDINGS, required=True)


class ProcessChange(AnswerSchema):
    """A process beside its newest version."""

    process_definition_id = fields.String(required=True)
    change = choice(*_STANDINGS, required=True)
    deployed_version = fields.Integer(required=True, allow_none=True)
    active_instances = fields.Integer(
        required=True, metadata={"description": "They go on with the version that they began with."}
    )


class ElementChange(AnswerSchema):
    """One thing that would be different."""

    file = fields.String(required=True)
    process_id = fields.String(required=True)
    element_id = fields.String(required=True)
    change = choice("added", "removed", "changed", required=True)
    text = fields.String(required=True)


class Loss(AnswerSchema):
    """A limit, event sub-process, escalation or process that would be gone."""

    id = fields.String(required=True, metadata={"description": "Send it in `acceptedLosses` to accept it."})
    file = fields.String(required=True)
    process_id = fields.String(required=True)
    element_id = fields.String(required=True)
    text = fields.String(required=True)
    remedy = fields.String(required=True)


class DeploymentCheck(AnswerSchema):
    """What a deployment would do."""

    acceptable = fields.Boolean(
        required=True, metadata={"description": "No error, and nothing lost that must be accepted first."}
    )
    digest = fields.String(required=True, metadata={"description": "SHA-256 of all files together."})
    known = fields.Boolean(required=True, metadata={"description": "This content was deployed before."})
    findings = fields.List(fields.Nested(Finding), required=True)
    files = fields.List(fields.Nested(FileChange), required=True)
    processes = fields.List(fields.Nested(ProcessChange), required=True)
    changes = fields.List(fields.Nested(ElementChange), required=True)
    losses = fields.List(fields.Nested(Loss), required=True)


class VersionMade(AnswerSchema):
    """A version of a process that a deployment made."""

    key = Key(required=True)
    process_definition_id = fields.String(required=True)
    version = fields.Integer(required=True)


class Deployed(AnswerSchema):
    """What a deployment did."""

    key = Key(required=True)
    digest = fields.String(required=True)
    new = fields.Boolean(required=True, metadata={"description": "The content wasn't stored before."})
    process_definitions = fields.List(
        fields.Nested(VersionMade),
        required=True,
        metadata={"description": "The versions it made; none where this content was the newest already."},
    )
    findings = fields.List(fields.Nested(Finding), required=True)


class Deployment(AnswerSchema):
    """One deployment."""

    key = Key(required=True)
    digest = fields.String(required=True)
    created_at = Instant(required=True)
    created_by = fields.String(required=True)
    resource_names = fields.List(fields.String(), required=True)


class DeploymentPage(ListPage):
    """A page of deployments, the newest first."""

    items = fields.List(fields.Nested(Deployment), required=True)


class Act(AnswerSchema):
    """One time that a deployment was made the newest."""

    deployed_at = Instant(required=True)
    deployed_by = fields.String(required=True)
    membership_key = Key(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    accepted_losses = fields.List(fields.String(), required=True)


class DeploymentDetail(Deployment):
    """A deployment with everything that was done with it."""

    acts = fields.List(fields.Nested(Act), required=True)
    process_definitions = fields.List(fields.Nested(VersionMade), required=True)


_DIGEST = "3f2a9c0e5b7d418690a1b2c3d4e5f60718293a4b5c6d7e8f9012a3b4c5d6e7f8"
_FILES = {"advice.bpmn": "<?xml version='1.0' encoding='UTF-8'?>..."}
NEW_CHECK: dict[str, Any] = {"files": _FILES}
NEW_DEPLOYMENT: dict[str, Any] = {
    "files": _FILES,
    "reason": "Advice is chased a week earlier, as agreed on 3 November.",
    "acceptedLosses": [],
}
CHECK: dict[str, Any] = {
    "acceptable": False,
    "digest": _DIGEST,
    "known": False,
    "findings": [],
    "files": [{"name": "advice.bpmn", "change": "changed"}],
    "processes": [
        {
            "processDefinitionId": "advice",
            "change": "changed",
            "deployedVersion": 2,
            "activeInstances": 0,
        }
    ],
    "changes": [
        {
            "file": "advice.bpmn",
            "processId": "advice",
            "elementId": "give_advice",
            "change": "changed",
            "text": "The user task “Give advice”: name was “Give advice”, is “Give your advice”.",
        }
    ],
    "losses": [
        {
            "id": "advice:timer:reg8_advice_6w",
            "file": "advice.bpmn",
            "processId": "advice",
            "elementId": "advice_due",
            "text": "No timer of advice watches reg8_advice_6w any more; “Advice due” did.",
            "remedy": "Put it back, or accept the loss by its id, with a reason.",
        }
    ],
}
_VERSION = {"key": "13", "processDefinitionId": "advice", "version": 3}
DEPLOYED: dict[str, Any] = {
    "key": "8",
    "digest": _DIGEST,
    "new": True,
    "processDefinitions": [_VERSION],
    "findings": [],
}
DEPLOYMENT: dict[str, Any] = {
    "key": "8",
    "digest": _DIGEST,
    "createdAt": "2026-11-23T09:00:00Z",
    "createdBy": "Wei Chen",
    "resourceNames": ["advice.bpmn"],
}
DEPLOYMENT_PAGE: dict[str, Any] = {"items": [DEPLOYMENT], "page": LAST}
DEPLOYMENT_DETAIL: dict[str, Any] = {
    **DEPLOYMENT,
    "acts": [
        {
            "deployedAt": "2026-11-23T09:00:00Z",
            "deployedBy": "Wei Chen",
            "membershipKey": "11",
            "reason": "Advice is chased a week earlier, as agreed on 3 November.",
            "acceptedLosses": [],
        }
    ],
    "processDefinitions": [_VERSION],
}
RESOURCE = "<?xml version='1.0' encoding='UTF-8'?>..."
