"""What process control answers: definitions, instances, what is open in them. Keys and codes, no child."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.services.views import View


class DefinitionView(View):
    """One version of one process; `latest` says whether new instances run on it."""

    key: str
    process_definition_id: str
    name: str
    version: int
    version_tag: str | None
    deployment_key: str
    deployed_at: datetime
    latest: bool
    active_instances: int
    suspended_instances: int


class PartView(View):
    """A form or decision table that a process uses, and the file that it comes from."""

    id: str
    resource_name: str


class DefinitionDetail(DefinitionView):
    """A version with the files that it is bound to."""

    resource_name: str
    documentation: str | None
    forms: list[PartView]
    decisions: list[PartView]
    calls: list[str]


class ElementStatistics(View):
    """How one element of a version stands over all its running instances."""

    element_id: str
    element_name: str | None
    type: str
    open: int
    listening: int
    incidents: int
    overdue: int


class DefinitionStatistics(View):
    """How a version stands: the elements with something open, late or broken, in the diagram's order.

    `unreadable` counts the instances whose state doesn't fit the version any more.
    """

    process_definition_key: str
    at: datetime
    instances: int
    unreadable: int
    elements: list[ElementStatistics]


class InstanceView(View):
    """One process instance. `state` is ACTIVE, SUSPENDED, COMPLETED or CANCELED."""

    key: str
    process_definition_key: str
    process_definition_id: str
    process_definition_name: str
    process_definition_version: int
    case_key: str
    parent_process_instance_key: str | None
    state: str
    start_date: datetime
    end_date: datetime | None
    suspended_since: datetime | None
    open_incidents: int
    version: int


class ElementView(View):
    """One open token. `state` is active, waiting or listening; `scope_token` is the token it lies inside."""

    token: int
    element_id: str
    element_name: str | None
    type: str
    process_id: str
    scope_token: int | None
    state: str
    rule: str | None
    due_at: datetime | None
    late_seconds: int | None
    message: str | None
    task_key: str | None
    incident_keys: list[str]


class InstanceDetail(InstanceView):
    """An instance with what is open in it; `unreadable` says why that can't be told."""

    elements: list[ElementView]
    unreadable: str | None


class HistoryEntry(View):
    """Something that happened to one token at one element: entered, completed, cancelled or triggered.

    `membership_key` is who moved the case in that step; None for the engine's own clock.
    """

    sequence: int
    at: datetime
    element_id: str
    element_name: str | None
    type: str | None
    event: str
    token: int
    membership_key: str | None


class VariableView(View):
    """A variable of an instance. `value` is None where the caller may not see it: `hidden` says so."""

    name: str
    process_id: str
    scope_token: int | None
    type: str
    hidden: bool
    value: Any


class VariablesView(View):
    """The variables of an instance, its own before those of the processes that it calls."""

    items: list[VariableView]


class CallView(View):
    """A process or sub-process: an instance of its own, or one that runs inside another."""

    process_instance_key: str
    process_id: str
    element_id: str | None
    token: int | None
    state: str
    children: list[CallView]


class CallHierarchy(View):
    """An instance, what it belongs to (outermost first), and what runs inside it or began on its behalf."""

    ancestors: list[str]
    instance: CallView


class Refused(View):
    """One of several things that couldn't be done, and why; `code` is stable."""

    key: str
    code: str
    detail: str


class ManyDone(View):
    """What became of a request about many things: how many were done, which weren't, how many are left."""

    done: int
    refused: list[Refused]
    left: int


class FindingView(View):
    """What a check says of an element of a file."""

    file: str
    element: str
    severity: str
    rule: str
    message: str
    remedy: str


class FileChangeView(View):
    """A file of a deployment: new, changed or unchanged."""

    name: str
    change: str


class ProcessChangeView(View):
    """A process of a deployment, and how many instances run on earlier versions of it."""

    process_definition_id: str
    change: str
    deployed_version: int | None
    active_instances: int


class ElementChangeView(View):
    """One thing that would be different, in a sentence."""

    file: str
    process_id: str
    element_id: str
    change: str
    text: str


class LossView(View):
    """A safeguard that would be gone; whoever deploys accepts it by its `id`, or not at all."""

    id: str
    file: str
    process_id: str
    element_id: str
    text: str
    remedy: str


class DeploymentCheck(View):
    """What a deployment would do. Nothing was kept."""

    acceptable: bool
    digest: str
    known: bool
    findings: list[FindingView]
    files: list[FileChangeView]
    processes: list[ProcessChangeView]
    changes: list[ElementChangeView]
    losses: list[LossView]


class DeploymentView(View):
    """One deployment: its content never changes."""

    key: str
    digest: str
    created_at: datetime
    created_by: str
    resource_names: list[str]


class ActView(View):
    """One time that a deployment was made the newest: by whom, why, and what losses were accepted."""

    deployed_at: datetime
    deployed_by: str
    membership_key: str | None
    reason: str | None
    accepted_losses: list[str]


class VersionMadeView(View):
    """A version of a process that a deployment made."""

    key: str
    process_definition_id: str
    version: int


class DeploymentDetail(DeploymentView):
    """A deployment with everything that was done with it."""

    acts: list[ActView]
    process_definitions: list[VersionMadeView]


class Deployed(View):
    """What a deployment did; no versions where its content was the newest already."""

    key: str
    digest: str
    new: bool
    process_definitions: list[VersionMadeView]
    findings: list[FindingView]


class IncidentView(View):
    """A step that couldn't be carried out. `held_timers` wait until it is retried."""

    key: str
    case_key: str
    process_instance_key: str
    process_definition_key: str
    process_definition_id: str
    element_id: str | None
    attempted: str
    message: str
    remedy: str
    state: str
    created_at: datetime
    resolved_at: datetime | None
    held_timers: int
    assignee_key: str | None
    assignee: str | None
    annotation: str | None
    version: int


class RetriedView(IncidentView):
    """An incident after it was retried; `next_incident_key` is the new one, if it failed again."""

    next_incident_key: str | None


class TimerView(View):
    """A waiting timer. `rule` is the limit of law that it watches: then nobody moves it but the law."""

    process_instance_key: str
    token: int
    case_key: str
    process_definition_id: str
    element_id: str
    due_at: datetime
    late_seconds: int | None
    rule: str | None
    occurrence: str | None
    incident_key: str | None
    suspended: bool


class TimerMoved(View):
    """A timer's instant before and after; None: it waits for a limit without an end."""

    process_instance_key: str
    token: int
    before: datetime | None
    after: datetime | None


class ReceiverView(View):
    """An instance that took a message, or for which it is held until it is resumed."""

    process_instance_key: str
    case_key: str
    held: bool


class MessageResult(View):
    """What became of a message. `kept`: nobody waited, and the case keeps it until something does."""

    name: str
    receivers: list[ReceiverView]
    kept: bool


class KeptMessageView(View):
    """A message that waits: for something of its case, or for a suspended instance."""

    key: str
    name: str
    case_key: str
    process_instance_key: str | None
    correlation_key: str | None
    received_at: datetime
