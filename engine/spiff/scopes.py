"""Embedded sub-processes and called processes, and the specification of a process.

The holder is the token of the sub-process or call in the scope around it; the inner scope hangs on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.specs import WorkflowSpec

from engine.spiff.activities import Activity
from engine.spiff.expressions import Formula
from engine.spiff.gateways import InclusiveGateway
from engine.spiff.nodes import ScopeStart
from engine.spiff.tokens import STARTED, Token
from engine.spiff.variables import LOCAL, Frame, frames_of

START = ":start"
"""Name of the root element of every scope; nobody can draw an element of this id."""

Reach = Mapping[str, frozenset[str]]


class ScopeSpec(BpmnProcessSpec):
    """The elements of one process or sub-process.

    Attributes:
        process_id: the process that it is, or is embedded in.
        own_variables: whether it has variables of its own: a process has, a sub-process has not.
    """

    def __init__(self, name: str, process_id: str, filename: str | None) -> None:
        """Without the library's end nodes, so that no id is reserved."""
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.process_id = process_id
        self.own_variables = name == process_id
        self.start = ScopeStart(self, START)
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.io_specification = None
        self.bpmn_start_events: list[Any] = []
        self._reach: dict[str, Reach] = {}

    def settle(self) -> None:
        """Work out, once all elements are connected, what inclusive joins ask for."""
        for spec in self.task_specs.values():
            if isinstance(spec, InclusiveGateway) and len(spec._inputs) > 1:
                self._reach[spec.name] = self._reach_of(spec)

    def reach(self, join: str) -> Reach:
        """For each element, by which incoming flows of a join its token could arrive there."""
        return self._reach[join]

    def _reach_of(self, join: Any) -> Reach:
        found: dict[str, set[str]] = {}
        for source in set(join._inputs):
            for name in self._before(source, join.name):
                found.setdefault(name, set()).add(source)
        return {name: frozenset(sources) for name, sources in found.items()}

    def _before(self, source: str, join: str) -> set[str]:
        """The elements from which a flow leads to ``source`` without passing the join; itself included."""
        seen, waiting = {source}, [source]
        while waiting:
            for name in self.task_specs[waiting.pop()]._inputs:
                if name not in seen and name != join:
                    seen.add(name)
                    waiting.append(name)
        return seen


class SubProcess(Activity, defaults.SubWorkflowTask):
    """A sub-process embedded in the diagram; its variables are those around it."""

    def _update_hook(self, my_task: Token) -> bool | None:
        self.mappings.read_inputs(my_task)
        self.enter(my_task)
        my_task._set_state(STARTED)
        self.begin(my_task)
        return None

    def begin(self, token: Token) -> None:
        """Open the inner scope."""
        token.workflow.top_workflow.open_scope(token, self.spec)

    def _run_hook(self, my_task: Token) -> bool:
        results = self.results(my_task)
        my_task.workflow.top_workflow.close_scope(my_task)
        self.mappings.settle(my_task, results)
        return True

    def results(self, token: Token) -> dict[str, object]:
        """What the inner scope hands out; an embedded one has written in place."""
        return {}


class CallActivity(SubProcess, defaults.CallActivity):
    """A call of another process, which has variables of its own.

    In go all variables that the caller sees, unless the diagram says no, and the input mappings. Out come
    all variables that the called process itself has written, or with output mappings what they say.
    """

    called: Formula
    pass_all_in = True
    pass_all_out = True

    def begin(self, token: Token) -> None:
        """Open the scope of the called process with its variables."""
        top = token.workflow.top_workflow
        name = self.called.text_value(token, "called process") or ""
        if not top.knows(name):
            raise self.called.place.fails(
                f"It calls the process '{name}', which is not among the deployed files.",
                "Deploy the called process together with this diagram, then try again.",
            )
        inner = top.open_scope(token, name)
        inner.variables.update(self._handed_in(token))

    def results(self, token: Token) -> dict[str, object]:
        """The variables that the called process has written."""
        inner = token.workflow.top_workflow.get_subprocess(token)
        if self.mappings.outputs:
            token.internal_data.setdefault(LOCAL, {}).update(inner.variables)
            return {}
        return inner.own_writes() if self.pass_all_out else {}

    def _handed_in(self, token: Token) -> Frame:
        if not self.pass_all_in:
            return dict(token.internal_data.get(LOCAL, {}))
        handed: Frame = {}
        for frame in reversed(frames_of(token)):
            handed.update(frame)
        return handed
