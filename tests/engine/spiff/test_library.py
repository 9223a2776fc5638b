"""What the adapter relies on in the library: its shape, and that nothing of it reads the clock."""

from __future__ import annotations

import inspect
from importlib.metadata import version

import pytest
from SpiffWorkflow import task as library_task
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import EventDefinitionParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec, _BpmnCondition
from SpiffWorkflow.bpmn.specs.event_definitions import timer as library_timer
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.util.event import EventManager
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.ExclusiveChoice import ExclusiveChoice
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from tests.engine.spiff.playing import BEGIN, Play
from tests.engine.spiff.shapes import SHAPES

SIGNATURES = {
    Task._add_child: "(self, task_spec, state=1)",
    Task._set_state: "(self, value)",
    Task._inherit_data: "(self)",
    Task._sync_children: "(self, task_specs, state=1)",
    Task._ready: "(self)",
    Task.run: "(self)",
    Task.complete: "(self)",
    Task.cancel: "(self)",
    TaskSpec._update: "(self, my_task)",
    TaskSpec._on_ready: "(self, my_task)",
    TaskSpec._on_ready_hook: "(self, my_task)",
    TaskSpec._run: "(self, my_task)",
    TaskSpec._run_hook: "(self, my_task)",
    TaskSpec._on_complete: "(self, my_task)",
    TaskSpec._on_complete_hook: "(self, my_task)",
    TaskSpec._on_cancel: "(self, my_task)",
    TaskSpec._predict: "(self, my_task, seen=None, looked_ahead=0, mask=3)",
    TaskSpec._connect_notify: "(self, taskspec)",
    TaskSpec.connect: "(self, taskspec)",
    BpmnTaskSpec._update_hook: "(self, my_task)",
    BpmnTaskSpec.connect_outgoing_if: "(self, condition, taskspec)",
    _BpmnCondition._matches: "(self, task)",
    ExclusiveChoice._run_hook: "(self, my_task)",
    MultiChoice._get_matching_outputs: "(self, my_task)",
    MultiChoice.connect_if: "(self, condition, task_spec)",
    Workflow.__init__: "(self, workflow_spec, deserializing=False)",
    Workflow._task_completed_notify: "(self, task)",
    WorkflowSpec.__init__: "(self, name=None, filename=None, addstart=False)",
    WorkflowSpec._add_notify: "(self, task_spec)",
    BpmnWorkflow.__init__: "(self, spec, subprocess_specs=None, script_engine=None, **kwargs)",
    BpmnSubWorkflow.__init__: "(self, spec, parent_task_id, top_workflow, **kwargs)",
    BpmnSubWorkflow._calculate_depth: "(self)",
    EventManager.add_task: "(self, my_task)",
    EventManager.remove_task: "(self, my_task)",
    EventDefinition.has_fired: "(self, my_task)",
    EventDefinition.throw: "(self, my_task)",
    BpmnParser.create_parser: "(self, node, filename=None, lane=None)",
    ProcessParser.__init__: "(self, p, node, nsmap, data_stores, filename=None, lane=None)",
    ProcessParser.create_spec: "(self)",
    ProcessParser.parse_node: "(self, node)",
    ProcessParser._parse: "(self)",
    ProcessParser.get_spec: "(self)",
    ProcessParser.get_boundary_events: "(self, attached_to_ref)",
    ProcessParser.get_outgoing_sequence_flows: "(self, source_ref)",
    TaskParser.__init__: "(self, process_parser, spec_class, node, nsmap=None, lane=None)",
    TaskParser.parse_node: "(self)",
    TaskParser.create_task: "(self)",
    TaskParser.connect_outgoing: "(self, outgoing_task, sequence_flow_node, is_default)",
    ConditionalGatewayParser.connect_outgoing: "(self, outgoing_task, sequence_flow_node, is_default)",
    EventDefinitionParser._create_task: "(self, event_definition, cancel_activity=None, parallel=None)",
}


def shown(function: object) -> str:
    signature = inspect.signature(function)
    plain = [
        parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()
    ]
    return str(signature.replace(parameters=plain, return_annotation=inspect.Signature.empty))


@pytest.mark.parametrize("function", SIGNATURES, ids=lambda function: function.__qualname__)
def test_what_is_overridden_or_called_has_the_shape_we_know(function: object) -> None:
    assert shown(function) == SIGNATURES[function]


def test_the_release_is_the_one_we_know() -> None:
    assert version("SpiffWorkflow") == "3.2.0"
    assert (TaskState.FUTURE, TaskState.WAITING, TaskState.READY, TaskState.STARTED) == (4, 8, 16, 32)
    assert (TaskState.COMPLETED, TaskState.CANCELLED, TaskState.DEFINITE_MASK) == (64, 256, 60)


class Unwound:
    """A clock that nobody may read."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the library's clock was asked: {name}")


@pytest.mark.parametrize("saved", [False, True], ids=["live", "saved"])
def test_the_librarys_clock_is_never_read(monkeypatch: pytest.MonkeyPatch, saved: bool) -> None:
    monkeypatch.setattr(library_task, "time", Unwound())
    monkeypatch.setattr(library_timer, "datetime", Unwound())
    for shape in SHAPES:
        if not shape.outcome.startswith("REFUSED") and "chain" not in shape.name:
            assert (
                Play(shape.xml, saved=saved, begin=shape.begin or BEGIN).play(shape.acts).outcome()
                == shape.outcome
            )
