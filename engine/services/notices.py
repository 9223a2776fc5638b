"""Notices a diagram sends: who must have them, and the dates that the law counts from.

The words are rendered by `notifications`; here a notice is a document of the case and a row of the outbox.
Dates made, sent and served are separate facts (served by post is later than sent).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.feel import to_json
from engine.services.audit import Event
from engine.spiff import ElementInfo

if TYPE_CHECKING:
    from engine.services.step import CaseStep


def send_notice(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """Put a notice in the outbox and stamp the facts that hang on its sending.

    Inputs: `recipients` (codes), `occurrence`, `organisation`, `stamps` (anchor names). Gives `sentOn`.
    Served electronically, a notice is served on the day it is sent.
    """
    notice = element.properties.get("ehc:notice")
    if not notice:
        raise ValueError(f"{element.id} sends a notice but has no property ehc:notice. Choose one.")
    occurrence = str(inputs.get("occurrence") or "")
    for fact in _names(inputs.get("stamps")):
        step.ledger.record(fact, step.today, occurrence)
    recipients = _names(inputs.get("recipients"))
    step.audit.append(
        Event.NOTICE_SENT,
        element=element.id,
        notice=notice,
        occurrence=occurrence,
        recipients=recipients,
        sent=step.today.isoformat(),
    )
    step.post(
        "notice",
        reference=f"{notice}:{step.case_key}:{step.audit.sequence}",
        recipient=" ".join(recipients),
        subject=f"Case {step.case_key}: {element.name}",
        body={
            "notice": notice,
            "occurrence": occurrence,
            "organisation": to_json(inputs.get("organisation")),
            "madeOn": step.today.isoformat(),
            "sentOn": step.today.isoformat(),
        },
    )
    return {"sentOn": step.today}


def _names(value: object) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
