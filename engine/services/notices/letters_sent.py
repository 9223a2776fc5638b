"""Writes a letter, keeps it exactly as it is sent, and a row for each copy of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Insert, insert

from engine.clock import start_of_day
from engine.definitions import LetterKind
from engine.law.school_age import RightsHolder
from engine.letters import Letter, LetterRefused, in_words
from engine.services.families.family_rows import Family, family_in
from engine.services.notices.letter_terms import LetterTerms
from engine.services.notices.notice_reasons import reasons_of
from engine.services.notices.notice_recipients import Recipient, recipients_of
from engine.services.plans.amendments_proposed import amendments_of
from engine.services.principals import SEND_TEAM
from engine.spiff import ElementInfo
from engine.store import tables

if TYPE_CHECKING:
    from engine.services.step import CaseStep

_CHASE = "delivery_chase_10d"


@dataclass(frozen=True)
class SentLetter:
    """A letter that was sent: its notice's key, the day on which the family counts as served, its copies."""

    key: int
    served_on: date
    copies: Sequence[Copy]


@dataclass(frozen=True)
class Copy:
    """One copy of a letter: the key of its delivery, and to whom it goes."""

    key: int
    recipient: Recipient


def send_letter(
    step: CaseStep,
    element: ElementInfo,
    kind: LetterKind,
    occurrence: str,
    codes: Sequence[str],
    organisation: str | None,
    stamps: Sequence[str] = (),
) -> SentLetter:
    """Write a letter for whoever holds the rights today, and send it to everybody who must have it.

    `stamps` names the facts that it sets: they are kept with it, for its days may move. Where several are
    served on different days, the latest counts: nobody's time is cut short.

    Raises:
        ValueError: nobody may be served, the decision has no reasons, the template or the authority lacks a
            part of the pack. Nothing is sent.
    """
    recipients = recipients_of(step, codes, organisation)
    served = max(each.served_on for each in recipients if each.organisation is None)
    letter = _written(step, kind, served)
    row = {
        "authority": step.authority,
        "case_key": step.case_key,
        "kind": kind.notice,
        "occurrence": occurrence,
        "element_id": element.id,
        "template_version": letter.template_version,
        "appealable": kind.appeal is not None,
        "rights_holder": family_in(step).quality(step.today).value,
        "made_on": step.today,
        "sent_on": step.today,
        "served_on": served,
        "document_key": _kept(step, letter, recipients),
        "stamps": list(stamps),
    }
    key = _inserted(step, _NEW_NOTICE, row)
    copies = [
        Copy(_inserted(step, _NEW_DELIVERY, _delivery(step, kind, key, each)), each) for each in recipients
    ]
    return SentLetter(key, served, copies)


def _written(step: CaseStep, kind: LetterKind, served: date) -> Letter:
    reasons = reasons_of(step, kind.reasons)
    if kind.appeal is not None and not reasons:
        raise LetterRefused(
            f"The notice {kind.notice} can't be sent: the case holds no reasons for the decision. They are"
            f" the long texts for the family in the newest answer to {' or '.join(kind.reasons)}."
        )
    engine = step.engine
    head = engine.letterheads.of(step.connection, step.authority, engine.database.joins)
    values = {
        **_addressed(step),
        **_limits(step, kind, served),
        "reasons": reasons,
        "amendments": amendments_of(step) if kind.amends else [],
        "authority": head.name,
        "contacts": head.contacts,
        "appeal_section": kind.appeal,
        "certificate_free": kind.certificate_free,
    }
    letters = engine.letters.of_deployment(step.connection, head.deployment_key)
    return letters.write(kind.notice, values, appealable=kind.appeal is not None)


def _addressed(step: CaseStep) -> dict[str, Any]:
    """Who writes to whom. A letter names nobody but the child: parents may live apart."""
    family = family_in(step)
    reader = family.quality(step.today)
    is_subject = reader is RightsHolder.YOUNG_PERSON
    return {
        "reference": str(step.case_key),
        "child": f"{family.given_name} {family.family_name}",
        "reader": reader.value,
        "addressee": _addressee(family, reader),
        "who": "you" if is_subject else family.given_name,
        "whose": "your" if is_subject else f"{family.given_name}\u2019s",
        "sent": in_words(step.today),
    }


def _addressee(family: Family, reader: RightsHolder) -> str:
    name = f"{family.given_name} {family.family_name}"
    return {
        RightsHolder.PARENT: f"The parents of {name}",
        RightsHolder.YOUNG_PERSON: name,
        RightsHolder.ALTERNATIVE_PERSON: f"Whoever acts for {name}",
    }[reader]


def _limits(step: CaseStep, kind: LetterKind, served: date) -> dict[str, str]:
    """The days that the letter names.

    The family's time to answer runs from service, the time to appeal from sending.
    """
    terms = LetterTerms(step.engine.statute, step.calendar, step.today)
    days = terms.to_answer(kind, served)
    if kind.decide is not None:
        days["decide_until"] = in_words(_to_decide(step, terms, kind.decide))
    return {**days, **terms.to_appeal(kind)}


def _to_decide(step: CaseStep, terms: LetterTerms, rule_id: str) -> date:
    """By when the authority must decide: counted from this letter, or from what the case knows already."""
    if terms.counts_from_sending(rule_id):
        return terms.last_day(rule_id, step.today)
    found = step.ledger.due(rule_id, "")
    if found is None:
        raise ValueError(
            f"The letter says by when {rule_id} is due, but the case has nothing it counts from."
        )
    return found.last_day


def _kept(step: CaseStep, letter: Letter, recipients: Sequence[Recipient]) -> int:
    """Store the letter as a document that its recipients may read; gives its key."""
    organisations = {each.organisation for each in recipients if each.organisation}
    row = {
        "authority": step.authority,
        "case_key": step.case_key,
        "kind": "notice",
        "organisation": SEND_TEAM,
        "audience": sorted({SEND_TEAM, "family", *organisations}),
        "content": letter.html,
        "digest": hashlib.sha256(letter.html.encode()).hexdigest(),
        "created_at": step.now,
        "created_by": step.actor.membership_key,
    }
    return _inserted(step, _NEW_DOCUMENT, row)


def _inserted(step: CaseStep, query: Insert, row: dict[str, Any]) -> int:
    """Insert one row; gives its key."""
    key = step.connection.execute(query, row).inserted_primary_key
    assert key is not None
    return int(key[0])


def _delivery(step: CaseStep, kind: LetterKind, notice_key: int, recipient: Recipient) -> dict[str, Any]:
    return {
        "authority": step.authority,
        "case_key": step.case_key,
        "notice_key": notice_key,
        "recipient": recipient.code,
        "organisation": recipient.organisation,
        "family_member_key": recipient.member_key,
        "channel": recipient.channel,
        "state": "sent",
        "sent_on": step.today,
        "served_on": recipient.served_on,
        "chase_at": chase_at(step, step.today) if kind.chased else None,
    }


def chase_at(step: CaseStep, sent_on: date) -> datetime:
    """00:00 of the day after the last on which a copy that was sent on a day may still be on its way."""
    terms = LetterTerms(step.engine.statute, step.calendar, step.today)
    return start_of_day(terms.last_day(_CHASE, sent_on) + timedelta(days=1))


# Without RETURNING: for that, SQLite looks for children of the new row through all notices there are.
_NEW_DOCUMENT = insert(tables.document)
_NEW_NOTICE = insert(tables.notice)
_NEW_DELIVERY = insert(tables.delivery)
