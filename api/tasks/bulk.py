"""Results of what was asked for many tasks at once."""

from __future__ import annotations

from collections.abc import Sequence

from api.failures import problem_name
from api.problems import PROBLEM_TYPES
from engine.errors import EhcError
from engine.services.tasks.task_bulk import Outcome
from engine.services.views import TaskView, View


class BulkProblemView(View):
    """Why nothing was done to a task."""

    type: str
    title: str
    status: int
    detail: str


class BulkResultView(View):
    """What came of one task."""

    task_key: str
    status: int
    task: TaskView | None
    problem: BulkProblemView | None


class BulkResultsView(View):
    """What came of all, in the order in which they were named."""

    results: list[BulkResultView]


def results(outcomes: Sequence[Outcome]) -> BulkResultsView:
    """Outcomes as they are answered."""
    return BulkResultsView(results=[_result(outcome) for outcome in outcomes])


def _result(outcome: Outcome) -> BulkResultView:
    problem = None if outcome.error is None else _problem(outcome.error)
    status = 200 if problem is None else problem.status
    return BulkResultView(task_key=outcome.key, status=status, task=outcome.task, problem=problem)


def _problem(error: EhcError) -> BulkProblemView:
    kind = PROBLEM_TYPES[problem_name(type(error))]
    return BulkProblemView(type=kind.uri, title=kind.title, status=int(kind.status), detail=error.message)
