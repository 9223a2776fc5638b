"""Jobs: service tasks, and the events and send tasks that a task definition turns into jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.spiff.expressions import Formula
from engine.spiff.failures import BpmnError, StepFailed
from engine.spiff.tokens import Token
from engine.spiff.variables import LOCAL, View


def run_job(spec: Any, task_type: Formula, token: Token) -> Mapping[str, object] | None:
    """The results of a job; ``None`` if it reported an error that the diagram caught.

    Raises:
        StepFailed: if the environment cannot do it, or nobody catches its error.
    """
    top = token.workflow.top_workflow
    inputs = View([token.internal_data.get(LOCAL, {})], top.thawed)
    kind = task_type.text_value(token, "task type") or ""
    try:
        return top.environment.job(spec.info, kind, spec.info.headers, dict(inputs)) or {}
    except BpmnError as error:
        top.raise_error(token, error.code, error.message or error.code, at_task=True)
        return None
    except (LookupError, ValueError) as problem:
        reason = problem.args[0] if problem.args else problem
        raise StepFailed(
            spec.element_id,
            token.workflow.process_id,
            f"The task of type '{kind}' could not be carried out: {reason}",
            "Correct the task's inputs or what they refer to, then try again.",
        ) from problem
