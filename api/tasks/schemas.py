"""What tasks and their forms look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Instant, Key, Line, QueryFlag, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.services.tasks import STATES


class TaskQuery(ListQuery):
    """Which tasks to list; all conditions must hold."""

    assignee = Line(metadata={"description": "`me`, a person's name, or the key of a membership."})
    candidate_group = Line(longest=80, metadata={"description": "A role that may take the task."})
    organisation = Line(longest=80, metadata={"description": "Code of the organisation that owes the task."})
    case_key = Key()
    state = choice(*STATES, metadata={"description": "Without it the open ones: CREATED and ASSIGNED."})
    due_before = Day(metadata={"description": "Only tasks whose last compliant day lies before this one."})
    unassigned = QueryFlag(metadata={"description": "`true`: nobody holds it; `false`: somebody does."})


class Task(AnswerSchema):
    """One user task."""

    key = Key(required=True)
    name = fields.String(required=True)
    element_id = fields.String(required=True, metadata={"description": "Its element in the diagram."})
    case_key = Key(required=True)
    process_instance_key = Key(required=True)
    organisation = fields.String(required=True, metadata={"description": "Who owes it."})
    candidate_groups = fields.List(
        fields.String(), required=True, metadata={"description": "Roles that may take it."}
    )
    assignee = fields.String(
        required=True, allow_none=True, metadata={"description": "The name of who holds it."}
    )
    creation_date = Instant(required=True)
    completion_date = Instant(required=True, allow_none=True)
    due_date = Day(required=True, allow_none=True, metadata={"description": "The last compliant day."})
    rule = fields.String(
        required=True, allow_none=True, metadata={"description": "The rule of law that it hangs on."}
    )
    form_key = fields.String(required=True, allow_none=True)
    state = choice(*STATES, required=True)
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})


class TaskPage(ListPage):
    """A page of tasks, the one due first first."""

    items = fields.List(fields.Nested(Task), required=True)


class TaskForm(AnswerSchema):
    """What a task asks: the form as it is drawn, and the same as JSON Schema."""

    key = fields.String(required=True, allow_none=True, metadata={"description": "The form's id."})
    version = fields.String(required=True, metadata={"description": "Version of its process definition."})
    document = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "The form-js document; {} without form."},
    )
    schema = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "JSON Schema 2020-12 of `answers`, with a complete answer in `examples` that is "
            "accepted as it stands."
        },
    )


class Completion(RequestSchema):
    """The answers that complete a task."""

    answers = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "As the task's form asks; {} for a task without form."},
    )


TASK: dict[str, Any] = {
    "key": "4096",
    "name": "Decide whether to assess",
    "elementId": "decide_assess",
    "caseKey": "1024",
    "processInstanceKey": "2048",
    "organisation": "send_team",
    "candidateGroups": ["decision_maker"],
    "assignee": "Amina Farouk",
    "creationDate": "2026-02-12T09:30:00Z",
    "completionDate": None,
    "dueDate": "2026-03-12",
    "rule": "reg5_decide_to_assess",
    "formKey": "decide_assess",
    "state": "ASSIGNED",
    "version": 3,
}
UNCLAIMED = {**TASK, "assignee": None, "state": "CREATED", "version": 4}
COMPLETED = {**TASK, "state": "COMPLETED", "completionDate": "2026-03-02T14:05:00Z", "version": 4}
TASK_PAGE: dict[str, Any] = {"items": [TASK], "page": LAST}
COMPLETION: dict[str, Any] = {"answers": {"assess": True, "reasons": "Support so far has not been enough."}}
TASK_FORM: dict[str, Any] = {
    "key": "decide_assess",
    "version": "1",
    "document": {
        "id": "decide_assess",
        "type": "default",
        "schemaVersion": 18,
        "components": [{"id": "reasons", "key": "reasons", "type": "textarea", "label": "Reasons"}],
    },
    "schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"reasons": {"type": "string", "title": "Reasons"}},
        "examples": [{"reasons": "Support so far has not been enough."}],
    },
}
