"""What saved filters look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Flag, Key, Line, WholeNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from api.tasks.schemas import TaskConditions
from engine.services.permissions import ROLES
from engine.services.tasks.task_filters import SHARING
from engine.services.tasks.task_lists import GROUPS
from engine.services.tasks.task_order import DIRECTIONS, SORTS


class SavedConditions(TaskConditions):
    """Which tasks are meant, as a list of tasks takes it; `me` and `mine` are whoever runs the filter."""

    unassigned = Flag()
    candidate = Flag()
    overdue = Flag()
    priority_from = WholeNumber(least=0, most=100)
    priority_to = WholeNumber(least=0, most=100)


class FilterToSave(RequestSchema):
    """Conditions to keep under a name."""

    name = Line(required=True)
    conditions = fields.Nested(SavedConditions, required=True)
    sharing = choice(*SHARING, load_default="own")
    roles = fields.List(
        choice(*ROLES),
        allow_none=True,
        load_default=None,
        metadata={"description": "Of the organisation, only these roles; null: all."},
    )


class SavedFilter(AnswerSchema):
    """Conditions that somebody keeps under a name."""

    key = Key(required=True)
    name = fields.String(required=True)
    conditions = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "As they were sent."}
    )
    sharing = choice(*SHARING, required=True)
    roles = fields.List(fields.String(), required=True, allow_none=True)
    own = fields.Boolean(required=True, metadata={"description": "Whether the caller keeps it."})
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})


class SavedFilterPage(ListPage):
    """The caller's own filters and those that are shared with the caller."""

    items = fields.List(fields.Nested(SavedFilter), required=True)


class RunQuery(ListQuery):
    """In which order to list what a filter finds."""

    sort_by = choice(*SORTS, load_default="dueDate")
    sort_order = choice(*DIRECTIONS, load_default="asc")


class RunCountQuery(RequestSchema):
    """In which groups to count what a filter finds."""

    group_by = choice(*GROUPS)


FILTER_TO_SAVE: dict[str, Any] = {
    "name": "Late advice of ours",
    "conditions": {"organisation": "mine", "rule": "reg8_advice_6w", "overdue": True},
    "sharing": "organisation",
    "roles": None,
}
SAVED_FILTER: dict[str, Any] = {"key": "5", **FILTER_TO_SAVE, "own": True, "version": 1}
SAVED_FILTER_PAGE: dict[str, Any] = {"items": [SAVED_FILTER], "page": LAST}
