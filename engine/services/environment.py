"""What a running instance asks of the case it belongs to: the time, its limits, its jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.services.audit.audit import Event
from engine.services.days import as_day
from engine.services.deadlines.deadline_rows import Deadline
from engine.services.messages.sending_again import send_again
from engine.services.notices.notices import send_notice
from engine.services.plans.amendment_limits import limit_of_amendment
from engine.services.plans.plan_actions import PLAN_ACTIONS, Action
from engine.services.reviews.review_actions import REVIEW_ACTIONS
from engine.services.reviews.review_notified import after_notice
from engine.spiff import ElementInfo

if TYPE_CHECKING:
    from engine.services.step import CaseStep


class CaseEnvironment:
    """Answers the adapter out of one case's step; whatever it changes is written with the step."""

    def __init__(self, step: CaseStep) -> None:
        self._step = step

    def now(self) -> datetime:
        """The instant of this step."""
        return self._step.now

    def limit(self, element: ElementInfo, rule: str, occurrence: str | None) -> dict[str, object]:
        """The case's own row for this rule; a chase or pre-alert of ours is only computed."""
        ledger = self._step.ledger
        which = occurrence or ""
        if self._step.engine.statute.rule(rule).ours:
            found = ledger.due(rule, which)
            return {"due": found and found.last_day, "broken": found and found.broken_at, "rule": rule}
        row = ledger.open(limit_of_amendment(self._step, rule, which), which)
        if row.anchored_on is None and row.nature != "duty":
            raise LookupError(_missing_anchor(self._step, row))
        return {
            "due": row.due_on,
            "broken": row.broken_at,
            "rule": rule,
            "anchoredOn": row.anchored_on,
            "excused": bool(row.exceptions),
        }

    def job(
        self,
        element: ElementInfo,
        task_type: str,
        headers: Mapping[str, str],
        variables: Mapping[str, object],
    ) -> dict[str, object] | None:
        """Carry out what a service task of ours asks for within this step."""
        return _JOBS[task_type](self._step, element, dict(variables))


class Standstill:
    """An environment for looking at an instance without moving it."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The instant of looking."""
        return self._now

    def limit(self, element: ElementInfo, rule: str, occurrence: str | None) -> dict[str, object]:
        """Nothing is worked out while looking."""
        raise LookupError(f"{element.id} isn't worked out while the instance is only looked at.")

    def job(
        self,
        element: ElementInfo,
        task_type: str,
        headers: Mapping[str, str],
        variables: Mapping[str, object],
    ) -> dict[str, object] | None:
        """Nothing is done while looking."""
        raise LookupError(f"{element.id} isn't carried out while its instance is only looked at.")


def _record(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> None:
    fact = _text(inputs, "fact", element)
    if fact == "case_status":
        step.set_status(_text(inputs, "value", element))
        return
    if fact not in step.engine.statute.anchors():
        raise ValueError(f"{element.id} records {fact}, from which nothing counts. See: ehc statute anchors.")
    on = as_day(inputs.get("date")) or step.today
    step.ledger.record(fact, on, str(inputs.get("occurrence") or ""))


def _start(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    process_id = _text(inputs, "processId", element)
    variables = {name: value for name, value in inputs.items() if name != "processId"}
    step.start_later(process_id, variables)
    step.audit.append(Event.PROCESS_STARTED, element=element.id, process=process_id)
    return {}


def _notice(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    sent = send_notice(step, element, inputs)
    after_notice(step, element.properties.get("ehc:notice", ""))
    return sent


def _plan(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    return {"plan": _done(PLAN_ACTIONS, step, element, inputs)}


def _review(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    seen = _done(REVIEW_ACTIONS, step, element, inputs)
    return {"review": seen} if seen else {}  # an action with nothing to tell leaves what is known


def _resend(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> None:
    send_again(step, _text(inputs, "message", element), _text(inputs, "way", element))


def _done(
    actions: Mapping[str, Action], step: CaseStep, element: ElementInfo, inputs: dict[str, Any]
) -> dict[str, object]:
    name = _text(inputs, "action", element)
    if name not in actions:
        raise ValueError(f"{element.id} asks for '{name}', which can't be done. Use: {', '.join(actions)}.")
    return actions[name](step, element, inputs)


_JOBS = {
    "ehc:record": _record,
    "ehc:notice": _notice,
    "ehc:start": _start,
    "ehc:plan": _plan,
    "ehc:review": _review,
    "ehc:resend": _resend,
}


def _text(inputs: Mapping[str, Any], name: str, element: ElementInfo) -> str:
    value = inputs.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{element.id} needs the input {name} as a text. Add it to the task's inputs.")
    return value


def _missing_anchor(step: CaseStep, row: Deadline) -> str:
    anchors = " or ".join(step.engine.statute.rule(row.rule).anchors)
    return (
        f"The limit {row.rule} counts from {anchors}, which this case doesn't have yet."
        " Record it before this element."
    )
