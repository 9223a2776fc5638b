"""Notices a diagram sends: who must have them, and the dates that the law counts from.

What the family reads is a letter: a document of the case, kept exactly as it was sent, with a row and a
message for each copy. Everything else is a message in the outbox alone. Dates made, sent, served and received
are separate facts: served by post is later than sent, and what the law counts from service counts from then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.definitions import vocabulary
from engine.feel import to_json
from engine.services.audit.audit import Event
from engine.services.notices.copies import SERVED, WORDING, post_copy, told_of
from engine.services.notices.letters_sent import SentLetter, send_letter
from engine.spiff import ElementInfo

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: The recipient that a letter is written for.
_FAMILY = "family"


def send_notice(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """Send a notice and stamp the facts that hang on its sending and its service.

    Inputs: `recipients` (codes), `occurrence`, `organisation`, `stamps` (anchor names; those that end in
    `_served_on` fall on the day of service, the latest where several are served). Gives `sentOn`, `servedOn`.

    Raises:
        ValueError: the letter can't be sent as it must be, and why.
    """
    notice = element.properties.get("ehc:notice")
    if not notice:
        raise ValueError(f"{element.id} sends a notice but has no property ehc:notice. Choose one.")
    occurrence = str(inputs.get("occurrence") or "")
    organisation = inputs.get("organisation")
    recipients = _names(inputs.get("recipients"))
    stamps = _names(inputs.get("stamps"))
    letter = None
    if _FAMILY in recipients and notice in vocabulary().letters:
        kind = vocabulary().letters[notice]
        of = organisation and str(organisation)
        letter = send_letter(step, element, kind, occurrence, recipients, of, stamps)
    served = letter.served_on if letter else step.today
    for fact in stamps:
        step.ledger.record(fact, served if fact.endswith(SERVED) else step.today, occurrence)
    _note(step, element, notice, occurrence, recipients, letter)
    if letter is not None:
        for copy in letter.copies:
            post_copy(step, copy.key, copy.recipient, letter.key, notice, element.name, occurrence)
    else:
        _announce(step, element, notice, occurrence, recipients, organisation)
    return {"sentOn": step.today, "servedOn": served}


def _note(
    step: CaseStep,
    element: ElementInfo,
    notice: str,
    occurrence: str,
    recipients: list[str],
    letter: SentLetter | None,
) -> None:
    """Write that it was sent, without its words."""
    sent = step.today.isoformat()
    step.audit.append(
        Event.NOTICE_SENT,
        element=element.id,
        notice=notice,
        occurrence=occurrence,
        recipients=recipients,
        sent=sent,
        **({"key": letter.key, "served": letter.served_on.isoformat()} if letter else {}),
    )


def _announce(
    step: CaseStep,
    element: ElementInfo,
    notice: str,
    occurrence: str,
    recipients: list[str],
    organisation: object,
) -> None:
    """Tell of a notice that is no letter: one message, for nobody has a copy of anything."""
    sent = step.today.isoformat()
    step.post(
        "notice",
        reference=f"{notice}:{step.case_key}:{step.audit.sequence}",
        recipient=" ".join(recipients),
        subject=f"Case {step.case_key}: {element.name}",
        body={
            **told_of(step, notice, f"/cases/{step.case_key}"),
            "occurrence": occurrence,
            "organisation": to_json(organisation),
            "madeOn": sent,
            "sentOn": sent,
        },
        wording=WORDING,
        rank=0,
    )


def _names(value: object) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
