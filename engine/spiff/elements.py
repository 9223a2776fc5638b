"""What a diagram says about its processes and elements, as plain values.

Expressions are given as they are written in the diagram: with ``=`` they are FEEL, without it a constant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal


def nothing() -> Mapping[str, str]:
    """An empty mapping that nobody can fill."""
    return MappingProxyType({})


@dataclass(frozen=True)
class Assignment:
    """One input or output mapping: where a value comes from and the variable it goes to."""

    source: str
    target: str


@dataclass(frozen=True)
class ElementInfo:
    """One element of a process.

    Attributes:
        kind: the BPMN tag, such as ``userTask`` or ``boundaryEvent``.
        parent: id of the sub-process around it; empty directly in the process.
        lane: name (or id) of the innermost lane.
        event: kind of the event definition (``timer``, ``message``, ...); empty for a plain event.
        event_name: name of the message, signal or link; code of the error or escalation.
        time: the timer's expression, and ``time_kind`` its sort: date, duration or cycle.
        attached_to: the activity that a boundary event sits on.
        interrupting: false for non-interrupting boundary and start events.
    """

    id: str
    kind: str
    process_id: str
    file: str
    name: str = ""
    parent: str = ""
    lane: str = ""
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=nothing)
    headers: Mapping[str, str] = field(default_factory=nothing)
    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    form_id: str = ""
    form_key: str = ""
    assignee: str = ""
    candidate_groups: str = ""
    candidate_users: str = ""
    due_date: str = ""
    follow_up_date: str = ""
    priority: str = ""
    task_type: str = ""
    decision_id: str = ""
    result_variable: str = ""
    called_process: str = ""
    script: str = ""
    event: str = ""
    event_name: str = ""
    correlation_key: str = ""
    time: str = ""
    time_kind: str = ""
    condition: str = ""
    attached_to: str = ""
    interrupting: bool = True
    multiple: bool = False

    @property
    def rule(self) -> str:
        """Id of the statutory rule that limits this element; empty if it carries none."""
        return self.properties.get("ehc:rule", "")

    @property
    def agency(self) -> str:
        """Who owes the task, as written in ``ehc:agency``; empty if it says nothing."""
        return self.properties.get("ehc:agency", "")

    @property
    def met_on(self) -> str:
        """The day on which its limits are met, as in ``ehc:metOn``; empty for the day it completes."""
        return self.properties.get("ehc:metOn", "")

    @property
    def closes_limits(self) -> bool:
        """Whether its completion meets limits or makes them pointless."""
        return "ehc:meets" in self.properties or "ehc:supersedes" in self.properties

    @property
    def sends_message(self) -> bool:
        """Whether it throws its message to the processes of the case, and is no job of anybody's."""
        return self.task_type == "ehc:message"

    @property
    def occurrence(self) -> str:
        """Which of several this is, as written in ``ehc:occurrence``; empty if it says nothing."""
        return self.properties.get("ehc:occurrence", "")


@dataclass(frozen=True)
class StartInfo:
    """One start event of a process: what begins an instance there."""

    element_id: str
    kind: Literal["none", "message", "signal", "timer"]
    name: str = ""
    time: str = ""
    time_kind: str = ""


@dataclass(frozen=True)
class ProcessInfo:
    """One process that a bundle can run.

    Attributes:
        starts: its start events; a process that draws none has one of kind ``none`` with an empty id.
        calls: ids of the processes that it calls by name, ``decisions`` of the decisions it asks.
    """

    id: str
    file: str
    name: str = ""
    version_tag: str = ""
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=nothing)
    starts: tuple[StartInfo, ...] = ()
    calls: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    lanes: tuple[str, ...] = ()

    @property
    def start_messages(self) -> Mapping[str, str]:
        """Message names that start this process, each with the id of its start event."""
        return {start.name: start.element_id for start in self.starts if start.kind == "message"}

    @property
    def start_signals(self) -> Mapping[str, str]:
        """Signal names that start this process, each with the id of its start event."""
        return {start.name: start.element_id for start in self.starts if start.kind == "signal"}
