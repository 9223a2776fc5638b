"""The adapter to SpiffWorkflow: reads BPMN diagrams and runs them. No library object leaves it.

``read_bundle`` turns the files of a deployment into a ``Bundle`` or refuses them with findings; an
``Instance`` runs one of its processes and is stored as a small text.
"""

from engine.spiff.bundle import JOB_TYPES, Bundle, read_bundle
from engine.spiff.carrying import Way
from engine.spiff.elements import Assignment, ElementInfo, ProcessInfo, StartInfo
from engine.spiff.environment import Environment
from engine.spiff.failures import BpmnError, MoveRefused, StateUnreadable, StepFailed, TokenGone
from engine.spiff.findings import DiagramRefused, Finding
from engine.spiff.glance import OpenElement, OpenScope, open_elements, open_scopes
from engine.spiff.instance import Instance
from engine.spiff.moving import NO_ITEM, Move
from engine.spiff.positions import Position
from engine.spiff.records import OpenTask, StateChange, Subscription, Thrown, WaitingTimer
from engine.spiff.relocating import (
    Relocated,
    Restart,
    carried,
    move,
    positions,
    returned,
    visible,
    worked_out,
)

__all__ = [
    "JOB_TYPES",
    "NO_ITEM",
    "Assignment",
    "BpmnError",
    "Bundle",
    "DiagramRefused",
    "ElementInfo",
    "Environment",
    "Finding",
    "Instance",
    "Move",
    "MoveRefused",
    "OpenElement",
    "OpenScope",
    "OpenTask",
    "Position",
    "ProcessInfo",
    "Relocated",
    "Restart",
    "StartInfo",
    "StateChange",
    "StateUnreadable",
    "StepFailed",
    "Subscription",
    "Thrown",
    "TokenGone",
    "WaitingTimer",
    "Way",
    "carried",
    "move",
    "open_elements",
    "open_scopes",
    "positions",
    "read_bundle",
    "returned",
    "visible",
    "worked_out",
]
