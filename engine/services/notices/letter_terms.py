"""The days that a letter names, each as the law's register gives it: no template holds a length of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.calendar import Calendar
from engine.definitions import LetterKind
from engine.law import Statute, due
from engine.letters import in_words

_APPEAL, _MEDIATION = "ftt_r20_appeal_2m", "reg33_contact_adviser_2m"
_SENT = "notice_sent_on"


@dataclass(frozen=True)
class LetterTerms:
    """What the law says to a letter that is sent today."""

    statute: Statute
    calendar: Calendar
    today: date

    def to_answer(self, kind: LetterKind, served: date) -> dict[str, str]:
        """Until when the family may answer; nothing where it isn't asked."""
        if kind.answer is None:
            return {}
        return {"answer_until": in_words(self.last_day(kind.answer, served))}

    def to_appeal(self, kind: LetterKind) -> dict[str, str]:
        """Until when, and within which time, the family may appeal; nothing where it can't."""
        if kind.appeal is None:
            return {}
        appeal, mediation = (self.statute.rule(rule).on(self.today) for rule in (_APPEAL, _MEDIATION))
        return {
            "appeal_until": in_words(self.last_day(_APPEAL, self.today)),
            "appeal_within": appeal.limb.length.text,
            "certificate_within": appeal.or_later[0].length.text,
            "mediation_until": in_words(self.last_day(_MEDIATION, self.today)),
            "mediation_within": mediation.limb.length.text,
        }

    def counts_from_sending(self, rule_id: str) -> bool:
        """Whether a limit counts from the letter itself."""
        return self.statute.rule(rule_id).anchors == (_SENT,)

    def last_day(self, rule_id: str, anchor: date) -> date:
        """The last day of a limit that counts from a day."""
        rule = self.statute.rule(rule_id)
        return due(rule, {rule.anchors[0]: anchor}, calendar=self.calendar).last_day
