"""A bare SpiffWorkflow 3.2.0, used as its own documentation does: parse, run, and save with its serializer.

The least that it can be asked for: automatic tasks run, nothing is refreshed, nothing is searched twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from benchmarks.twin import Twin

Answers = Mapping[str, Mapping[str, Any]]


class Bare:
    """A process for bare instances of it."""

    def __init__(self, twin: Twin) -> None:
        parser = BpmnParser()
        for name, content in twin.diagrams.items():
            parser.add_bpmn_xml(etree.fromstring(content), filename=f"{name}.bpmn")
        self._spec = parser.get_spec(twin.process_id)
        self._called = parser.get_subprocess_specs(twin.process_id)
        self._variables = twin.variables
        self._serializer = BpmnWorkflowSerializer()

    def start(self) -> BpmnWorkflow:
        """A new instance, run to its first wait."""
        workflow = BpmnWorkflow(self._spec, self._called)
        start = workflow.get_next_task(spec_name="Start")
        start.set_data(**deepcopy(self._variables))
        workflow.do_engine_steps()
        return workflow

    def save(self, workflow: BpmnWorkflow) -> str:
        """All of it as JSON text, as its serializer writes it."""
        text: str = self._serializer.serialize_json(workflow)
        return text

    def restore(self, text: str) -> BpmnWorkflow:
        """From that text."""
        return self._serializer.deserialize_json(text)

    def step(self, text: str, element: str, answers: Mapping[str, Any]) -> str:
        """Restore, complete the first open task of an element, save."""
        workflow = self.restore(text)
        complete(workflow, element, answers)
        return self.save(workflow)

    def complete_any(self, workflow: BpmnWorkflow, answers: Mapping[str, Any]) -> None:
        """Complete the first open task, whichever it is."""
        task = next(workflow.get_tasks_iterator(state=TaskState.READY))
        task.set_data(**answers)
        task.run()
        workflow.do_engine_steps()


def complete(workflow: BpmnWorkflow, element: str, answers: Mapping[str, Any]) -> None:
    """Complete the first open task of an element and run to the next wait."""
    ready = workflow.get_tasks_iterator(state=TaskState.READY)
    task = next(task for task in ready if task.task_spec.bpmn_id == element)
    task.set_data(**answers)
    task.run()
    workflow.do_engine_steps()


def open_tasks(workflow: BpmnWorkflow) -> list[str]:
    """Element ids of the open user tasks, sorted."""
    return sorted(task.task_spec.bpmn_id for task in workflow.get_tasks(state=TaskState.READY, manual=True))


def complete_all_but(workflow: BpmnWorkflow, left: set[str], answers: Answers) -> None:
    """Complete what is open until only some elements are left."""
    while found := [name for name in open_tasks(workflow) if name not in left]:
        complete(workflow, found[0], answers.get(found[0], {}))


def parts(text: str) -> dict[str, int]:
    """Where the bytes of a saved state are: the specifications, and the tasks with their data."""
    state = json.loads(text)
    specs = len(json.dumps({"spec": state["spec"], "subprocess_specs": state["subprocess_specs"]}))
    return {"specifications": specs, "tasks and data": len(text) - specs}
