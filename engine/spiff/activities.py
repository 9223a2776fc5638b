"""Tasks: what a person does, and what is worked out or handed to the environment at once.

An activity reads its inputs into a frame of its own when it starts; with output mappings, what it yields
stays in that frame and the mappings say what leaves it.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults

from engine.spiff.expressions import Formula
from engine.spiff.jobs import run_job
from engine.spiff.nodes import BoundarySplit, Node
from engine.spiff.schedule import Schedule
from engine.spiff.tokens import WAITING, Token
from engine.spiff.variables import View, frames_of


class Activity(Node):
    """A task or sub-process: has inputs and outputs, may have boundary events and a compensation handler."""

    compensation: str | None = None
    """Name of the element that undoes it."""

    def _update_hook(self, my_task: Token) -> bool | None:
        self.mappings.read_inputs(my_task)
        self.enter(my_task)
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        if self.compensation:
            my_task.workflow.notes.append(self.compensation)
        self.stand_boundaries_down(my_task)
        Node._on_complete_hook(self, my_task)

    def stand_boundaries_down(self, token: Token) -> None:
        """The activity is done: nothing waits beside it any more."""
        parent = token.parent
        if parent is not None and isinstance(parent.task_spec, BoundarySplit):
            for sibling in token.siblings():
                if sibling.state == WAITING:
                    sibling.cancel()


class PassTask(Activity, defaults.NoneTask):
    """A task of no sort, or one done without the engine: passes on at once."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        """The library would wait for a person."""
        defaults.NoneTask.__init__(self, wf_spec, bpmn_id, **kwargs)
        self.manual = False

    def _run_hook(self, my_task: Token) -> bool:
        self.mappings.settle(my_task, {})
        return True


class UserTask(Activity, defaults.UserTask):
    """Waits for a person. Whom it is offered to and when it is due is worked out when it starts."""

    schedule = Schedule()

    def _update_hook(self, my_task: Token) -> bool:
        self.mappings.read_inputs(my_task)
        self.fix_limit(my_task)
        self.schedule.work_out(my_task)
        self.enter(my_task)
        return True


class ScriptTask(Activity, defaults.ScriptTask):
    """Works an expression out and sets one variable to it."""

    result = ""

    def _run_hook(self, my_task: Token) -> bool:
        value = self.script.value(my_task)
        self.mappings.settle(my_task, {self.result: value} if self.result else {})
        return True


class ServiceTask(Activity, defaults.ServiceTask):
    """Hands a job to the environment; an error that it reports may be caught by a boundary event."""

    task_type: Formula | None = None

    def _run_hook(self, my_task: Token) -> bool:
        assert self.task_type is not None
        results = run_job(self, self.task_type, my_task)
        if results is not None:
            self.mappings.settle(my_task, results)
        return True


class DecisionTask(Activity, defaults.ServiceTask):
    """Asks a decision of the same bundle about the variables in scope."""

    decision: Formula | None = None
    result = ""

    def _run_hook(self, my_task: Token) -> bool:
        assert self.decision is not None
        top = my_task.workflow.top_workflow
        name = self.decision.text_value(my_task, "decision id") or ""
        seen = View(frames_of(my_task), top.thawed)
        value = top.decisions.ask(name, seen, top.now(), self.decision.place)
        self.mappings.settle(my_task, {self.result: value} if self.result else {})
        return True
