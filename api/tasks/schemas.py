"""What tasks and their forms look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Day, Instant, Key, Line, Prose, QueryFlag, QueryNumber, WholeNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.services.tasks.task_assignment import MOST_PRIORITY
from engine.services.tasks.task_bulk import MOST
from engine.services.tasks.task_lists import GROUPS
from engine.services.tasks.task_order import DIRECTIONS, SORTS
from engine.services.tasks.task_rows import STATES

_SOME = validate.Length(min=1, max=MOST, error=f"Name 1 to {MOST} tasks.")
_UNASSIGNED = "`true`: nobody holds it; `false`: somebody does."
_CANDIDATE = "`true`: the caller could claim it now; `false`: all others."
_OVERDUE = "`true`: its last compliant day is over; `false`: it isn't, or there is none."


class TaskConditions(RequestSchema):
    """Which tasks are meant; all conditions must hold."""

    assignee = Line(metadata={"description": "`me`, a person's name, or the key of a membership."})
    candidate_group = Line(longest=80, metadata={"description": "A role that may take the task."})
    organisation = Line(
        longest=80,
        metadata={"description": "Code of the organisation that owes the task; `mine` for one's own."},
    )
    case_key = Key()
    process_definition_id = Line(metadata={"description": "Id of the process, as `request_to_plan`."})
    element_id = Line(metadata={"description": "The task's element in the diagram."})
    rule = Line(longest=80, metadata={"description": "The rule of law that the task hangs on."})
    state = fields.List(
        choice(*STATES), metadata={"description": "Without it the open ones: CREATED and ASSIGNED."}
    )
    due_before = Day(metadata={"description": "Only tasks whose last compliant day lies before this one."})
    due_after = Day(metadata={"description": "Only tasks whose last compliant day lies after this one."})
    follow_up_before = Day(metadata={"description": "Only tasks to be looked at before this day."})
    created_after = Instant()


class TaskQuestion(TaskConditions):
    """Which tasks are meant, as a query."""

    unassigned = QueryFlag(metadata={"description": _UNASSIGNED})
    candidate = QueryFlag(metadata={"description": _CANDIDATE})
    overdue = QueryFlag(metadata={"description": _OVERDUE})
    priority_from = QueryNumber(least=0, most=100)
    priority_to = QueryNumber(least=0, most=100)


class TaskQuery(TaskQuestion, ListQuery):
    """Which tasks to list, and in which order."""

    sort_by = choice(*SORTS, load_default="dueDate", metadata={"description": "Undated tasks come last."})
    sort_order = choice(*DIRECTIONS, load_default="asc")


class TaskCountQuery(TaskQuestion):
    """Which tasks to count, and in which groups."""

    group_by = choice(
        *GROUPS,
        metadata={
            "description": "`due` counts overdue, today, nextSevenDays, later and undated ones; `worklist` "
            "the tabs of the caller's worklist (mine, candidate, organisation, overdue, followUp), which may "
            "overlap."
        },
    )


class GroupCount(AnswerSchema):
    """How many tasks a group has."""

    group = fields.String(required=True, allow_none=True, metadata={"description": "null: without a value."})
    count = fields.Integer(required=True)


class TaskCount(AnswerSchema):
    """How many tasks there are."""

    count = fields.Integer(required=True)
    groups = fields.List(fields.Nested(GroupCount), required=True)


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
    owner = fields.String(
        required=True, allow_none=True, metadata={"description": "Who delegated it and gets it back."}
    )
    delegation_state = fields.String(
        validate=validate.OneOf(["PENDING", "RESOLVED"]), required=True, allow_none=True
    )
    creation_date = Instant(required=True)
    completion_date = Instant(required=True, allow_none=True)
    due_date = Day(required=True, allow_none=True, metadata={"description": "The last compliant day."})
    follow_up_date = Day(required=True, allow_none=True)
    priority = fields.Integer(required=True, metadata={"description": "0 to 100; 50 is usual."})
    rule = fields.String(
        required=True, allow_none=True, metadata={"description": "The rule of law that it hangs on."}
    )
    form_key = fields.String(required=True, allow_none=True)
    draft_saved_at = Instant(
        required=True, allow_none=True, metadata={"description": "When a draft of its form was last saved."}
    )
    outstanding_contributions = fields.Integer(
        required=True, metadata={"description": "How many are asked for and still awaited."}
    )
    state = choice(*STATES, required=True)
    suspended = fields.Boolean(
        required=True,
        metadata={"description": "Its process is suspended: it can't be completed now."},
    )
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})


class TaskPage(ListPage):
    """A page of tasks."""

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


class Assignment(RequestSchema):
    """Who is to do the task."""

    membership_key = Key(
        required=True, allow_none=True, metadata={"description": "null: anybody of its group."}
    )


class Delegation(RequestSchema):
    """Who is to do the task and to give it back."""

    membership_key = Key(required=True)


class TaskPatch(RequestSchema):
    """What is to be different; what isn't sent stays."""

    priority = WholeNumber(least=0, most=MOST_PRIORITY)
    follow_up_date = Day(
        allow_none=True, metadata={"description": "When its holder wants to look at it again; null: never."}
    )


class BulkClaim(RequestSchema):
    """Tasks to claim."""

    task_keys = fields.List(Key(), required=True, validate=_SOME)


class BulkAssignment(Assignment):
    """Tasks to give to one member."""

    task_keys = fields.List(Key(), required=True, validate=_SOME)


class BulkProblem(AnswerSchema):
    """Why nothing was done to a task: as the single operation would answer."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)


class BulkResult(AnswerSchema):
    """What came of one task."""

    task_key = Key(required=True)
    status = fields.Integer(required=True, metadata={"description": "As the single operation would answer."})
    task = fields.Nested(Task, required=True, allow_none=True)
    problem = fields.Nested(BulkProblem, required=True, allow_none=True)


class BulkResults(AnswerSchema):
    """A result for each task, in the order in which they were named."""

    results = fields.List(fields.Nested(BulkResult), required=True)


class Completion(RequestSchema):
    """The answers that complete a task."""

    answers = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "As the task's form asks; {} for a task without form."},
    )
    without_contributions = Prose(
        allow_none=True,
        load_default=None,
        metadata={"description": "Why it goes on without contributions that are still awaited."},
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
    "owner": None,
    "delegationState": None,
    "creationDate": "2026-02-12T09:30:00Z",
    "completionDate": None,
    "dueDate": "2026-03-12",
    "followUpDate": None,
    "priority": 50,
    "rule": "reg5_decide_to_assess",
    "formKey": "decide_assess",
    "draftSavedAt": None,
    "outstandingContributions": 0,
    "state": "ASSIGNED",
    "suspended": False,
    "version": 3,
}
UNCLAIMED = {**TASK, "assignee": None, "state": "CREATED", "version": 4}
COMPLETED = {**TASK, "state": "COMPLETED", "completionDate": "2026-03-02T14:05:00Z", "version": 4}
DELEGATED = {**TASK, "assignee": "Tom Whitcombe", "owner": "Amina Farouk", "delegationState": "PENDING"}
CHANGED = {**TASK, "priority": 80, "followUpDate": "2026-02-20", "version": 4}
ASSIGNMENT: dict[str, Any] = {"membershipKey": "12"}
TASK_PATCH: dict[str, Any] = {"priority": 80, "followUpDate": "2026-02-20"}
BULK_CLAIM: dict[str, Any] = {"taskKeys": ["4096", "4100"]}
BULK_ASSIGNMENT: dict[str, Any] = {**BULK_CLAIM, **ASSIGNMENT}
BULK_RESULTS: dict[str, Any] = {
    "results": [
        {"taskKey": "4096", "status": 200, "task": TASK, "problem": None},
        {
            "taskKey": "4100",
            "status": 409,
            "task": None,
            "problem": {
                "type": "urn:ehc:problem:task-held",
                "title": "Somebody else holds the task",
                "status": 409,
                "detail": "Task 4100 is held by Tom Whitcombe. Ask them to give it back.",
            },
        },
    ]
}
TASK_PAGE: dict[str, Any] = {"items": [TASK], "page": LAST}
TASK_COUNT: dict[str, Any] = {"count": 31, "groups": [{"group": "overdue", "count": 2}]}
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
