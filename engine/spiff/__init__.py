"""The adapter to SpiffWorkflow: reads BPMN diagrams and runs them. No library object leaves it.

``read_bundle`` turns the files of a deployment into a ``Bundle`` or refuses them with findings; an
``Instance`` runs one of its processes and is stored as a small text.
"""

from engine.spiff.bundle import JOB_TYPES, Bundle, read_bundle
from engine.spiff.elements import Assignment, ElementInfo, ProcessInfo, StartInfo
from engine.spiff.environment import Environment
from engine.spiff.failures import BpmnError, StateUnreadable, StepFailed, TokenGone
from engine.spiff.findings import DiagramRefused, Finding
from engine.spiff.glance import OpenElement, OpenScope, open_elements, open_scopes
from engine.spiff.instance import Instance
from engine.spiff.records import OpenTask, StateChange, Subscription, Thrown, WaitingTimer

__all__ = [
    "JOB_TYPES",
    "Assignment",
    "BpmnError",
    "Bundle",
    "DiagramRefused",
    "ElementInfo",
    "Environment",
    "Finding",
    "Instance",
    "OpenElement",
    "OpenScope",
    "OpenTask",
    "ProcessInfo",
    "StartInfo",
    "StateChange",
    "StateUnreadable",
    "StepFailed",
    "Subscription",
    "Thrown",
    "TokenGone",
    "WaitingTimer",
    "open_elements",
    "open_scopes",
    "read_bundle",
]
