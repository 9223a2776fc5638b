"""Audit events in plain words, for people who read a case's history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: One sentence an event; fields are the event's details and `element`.
_SENTENCES: Mapping[str, str] = {
    "case:opened": "The request was registered.",
    "case:read": "The case was opened for reading.",
    "case:status": "The case went from {before} to {after}.",
    "case:withdrawn": "The request was withdrawn on {on}.",
    "process:started": "The process {process} began.",
    "process:stepped": "The process went on.",
    "process:ended": "The process ended: {status}.",
    "task:created": "{element} became a task of {organisation}.",
    "task:assigned": "{element} was given to a member.",
    "task:delegated": "{element} was delegated.",
    "task:resolved": "{element} went back to who had delegated it.",
    "task:changed": "Priority or follow-up date of {element} changed.",
    "task:claimed": "{element} was claimed.",
    "task:unclaimed": "{element} was given back.",
    "task:completed": "{element} was completed.",
    "task:canceled": "{element} was cancelled.",
    "timer:fired": "The timer {element}, due {due}, fired.",
    "timer:moved": "A timer or due date moved from {before} to {after}.",
    "anchor:recorded": "{anchor} was recorded as {on}.",
    "anchor:corrected": "{anchor} was corrected from {before} to {after}.",
    "deadline:opened": "The limit {rule} began; its last day is {due}.",
    "deadline:closed": "The limit {rule} ended: {status}.",
    "deadline:moved": "The last day of {rule} moved from {before} to {after}.",
    "exception:recorded": "The exception {code} was recorded for {rules}.",
    "escalation:raised": "Lateness was raised with the {level}.",
    "escalation:joined": "{element} told of lateness ({code}).",
    "escalation:moved": "The escalation went to the {level}: {reason}.",
    "escalation:resolved": "The escalation ended with its limit.",
    "escalation:acknowledged": "The escalation was acknowledged.",
    "escalation:noted": "A note was added to the escalation.",
    "escalation:answered": "The escalation was answered: {code}.",
    "escalation:handed": "The escalation was handed up to the {level}.",
    "plan:made": "The plan was made on {on}.",
    "plan:changed": "Facts of the plan changed.",
    "plan:drafted": "Version {version} of the plan was drafted.",
    "plan:issued": "Version {version} of the plan was issued.",
    "plan:brought": "The plan, finalised on {on}, was brought in.",
    "plan:edited": "The draft of version {version} was changed: sections {sections}.",
    "plan:read": "The plan was opened for reading.",
    "plan:discarded": "The draft of version {version} was given up.",
    "amendment:proposed": "An amendment of the plan was proposed.",
    "cessation:proposed": "It was proposed to end the plan.",
    "plan:year": "The year group was set to {year}.",
    "plan:transfer": "A transfer on {on} was asked for.",
    "appeal:lodged": "An appeal was lodged on {on}.",
    "appeal:ended": "An appeal ended on {on}.",
    "review:wanted": "A review before its time was asked for ({kind}).",
    "review:read": "Review {number} was opened for reading.",
    "review:opened": "Review {number} of the plan began; it is due by {due}.",
    "review:changed": "Review {number} of the plan went on.",
    "officer:named": "The case got a named officer.",
    "notice:sent": "The notice {notice} was sent on {sent}.",
    "delivery:added": "A further copy of notice {notice} was sent.",
    "delivery:recorded": "A copy of notice {notice} was {state} on {on}.",
    "delivery:chased": "A copy of notice {notice}, not known to have arrived, was chased.",
    "family:recorded": "A member of the family was recorded.",
    "family:changed": "A member of the family changed: {changed}.",
    "capacity:recorded": "Capacity was recorded; lacking since {since}.",
    "case:linked": "The case was linked to case {other} ({kind}).",
    "case:unlinked": "The link to case {other} was taken back.",
    "child:read": "What is recorded of the child was opened for reading.",
    "child:corrected": "What is recorded of the child was put right: {changed}.",
    "document:added": "Document {document} was added ({kind}).",
    "document:read": "Document {document} was read.",
    "document:superseded": "Document {by} took the place of document {document}.",
    "document:withdrawn": "Document {document} was withdrawn.",
    "document:shared": "Who may see document {document} changed from {before} to {after}.",
    "document:checked": "The virus scanner looked at document {document}: {state}.",
    "message:kept": "The message {message} is kept until something waits for it.",
    "message:received": "The message {message} arrived.",
    "family:read": "The family's record was opened for reading.",
    "letter:read": "The letter of notice {notice} was opened for reading.",
    "consent:recorded": "A family's word on what {organisation} may see was recorded: {decision}.",
    "consent:withdrawn": "A family took back what it had said of the sight of {organisation}.",
    "case:restricted": "The case was restricted to {number} people.",
    "restriction:lifted": "The case isn't restricted any more.",
    "incident:raised": "A step could not be carried out; incident {incident} says why.",
    "incident:resolved": "Incident {incident} was resolved.",
    "process:suspended": "Process instance {instance} was suspended; limits of law run on.",
    "process:resumed": "Process instance {instance} was resumed.",
    "process:cancelled": "Process instance {instance} was cancelled.",
    "incident:annotated": "A note was written on incident {incident}.",
    "incident:assigned": "Somebody took incident {incident} in hand.",
    "message:held": "The message {message} is held until process instance {instance} is resumed.",
    "process:modified": "Somebody moved the process by hand: {moves}.",
    "process:migrated": "The process went over from version {before} to version {after} of its diagrams.",
    "migration:undone": "The process went back from version {before} to version {after} of its diagrams.",
    "task:reopened": "The task {element} is open again.",
}


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "unknown"


def describe(event: Mapping[str, Any]) -> str:
    """A sentence for an event."""
    sentence: str = _SENTENCES.get(event["event"], event["event"])
    return sentence.format_map(_Lenient(event["details"], element=event["element"] or "A step"))
