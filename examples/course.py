"""How a request goes from its receipt to its end: the days and answers that its line of the replay says."""

from __future__ import annotations

from random import Random
from typing import Any

from examples.advice import Advice, Sought
from examples.behaviour import AGENCIES, is_near_a_quarters_end
from examples.settings import BY_URN, teaching

Work = dict[str, list[dict[str, Any] | None] | None]

SIX_WEEKS, TWENTY_WEEKS = 42, 140
FAMILY_DAYS, REPLY_DAYS = 15, 16
_NOT_LATER_THAN = TWENTY_WEEKS - 7


class Course:
    """One request as it goes. `work` grows as its steps are drawn; days are days of the case."""

    def __init__(self, random: Random, received: int, year: int, urn: str | None, facts: dict[str, bool]):
        self.random = random
        self.received = received
        self.year = year
        self.urn = urn
        self.facts = facts
        self.work: Work = {}
        self.sought = Sought()
        self.difficulty = random.random()
        self.decided = 0
        self.ends_late = False

    # --- until the decision to assess ------------------------------------------------------

    def consider(self, *, assess: bool) -> None:
        """The request is registered, evidence comes in, and somebody decides whether to assess."""
        random = self.random
        self.work["register_request"] = [self.after(random.choice((0, 1, 1, 2)), "09:15")]
        self.work["collate_evidence"] = [self.after(random.randint(4, 11))]
        if random.random() < 0.2:
            self.work["family_views_request"] = None
        for organisation in ("icb", "social_care", *([f"urn:{self.urn}"] if self.urn else [])):
            late = random.random() < 0.15
            self.work[f"early_information:{organisation}"] = (
                None if late else [self.after(random.randint(3, 13))]
            )
        is_late = random.random() < 0.11
        self.decided = random.randint(49, 63) if is_late else int(random.triangular(13, 37, 27))
        answers = {} if assess else _REFUSED
        self.work["decide_assess"] = [self.on(self.decided, "14:00", answers=answers)]

    def refuse(self) -> None:
        """No assessment: the family is offered a meeting about what else can be done."""
        if self.random.random() < 0.12:
            self.work["next_steps_meeting"] = None
        else:
            self.work["next_steps_meeting"] = [self.after(self.random.randint(3, 14))]

    # --- advice ----------------------------------------------------------------------------

    def seek_advice(self) -> None:
        """The advice that is asked for, some days after the decision."""
        asked = self.decided + self.random.randint(1, 3)
        while any(is_near_a_quarters_end(self.received + asked + days + SIX_WEEKS) for days in (1, 2)):
            asked += 1
        self.asked = asked
        for code in self._codes():
            noise = self.random.random()
            advice = Advice(AGENCIES[code], asked, self.received, 0.55 * self.difficulty + 0.45 * noise)
            self.sought.of[code] = advice

    def _codes(self) -> list[str]:
        codes = ["education", "medical", "psychological", "social_care"]
        codes += ["camhs"] if self.random.random() < (0.55 if self.year >= 3 else 0.3) else []
        codes += ["therapies"] if self.random.random() < (0.75 if self.year <= 6 else 0.45) else []
        for code, wanted in (
            ("pfa", self.year >= 9),
            ("sensory", self.facts.get("sensoryImpairment")),
            ("defence", self.facts.get("armedForcesParent")),
            ("youth_offending", self.facts.get("detained")),
        ):
            codes += [code] if wanted else []
        return codes

    def gather_advice(self) -> int:
        """Who gives which advice when; returns the day by which all of it has been checked."""
        self.work["choose_advice"] = [self.on(self.asked, "11:30", answers={"advice": self._choices()})]
        self.work["family_evidence"] = [self.after(self.random.randint(8, 24))]
        asked_for = sorted(self.sought.asked_for(), key=lambda advice: advice.given)
        for advice in asked_for:
            self._give(advice, asked_for)
        return max(advice.given for advice in asked_for) + 2

    def _choices(self) -> list[dict[str, Any]]:
        chosen = [
            {"code": code, "decision": "seek"} for code in ("camhs", "therapies") if code in self.sought.of
        ]
        relied = [{"code": code, **_RELIED_ON} for code, each in self.sought.of.items() if each.relied_on]
        return [*chosen, *relied] or [{"code": "education", "decision": "seek"}]

    def _give(self, advice: Advice, all_of_case: list[Advice]) -> None:
        code = advice.agency.code
        if code == "camhs":
            self._camhs_shares_its_work()
        if advice.is_late and self.random.random() < 0.75:
            self._warn(advice)
        given = self.on(advice.given, "15:20", answers=self._answers(advice))
        if advice.first_given is not None and _is_apart(advice, all_of_case):
            self.work[f"complete_advice:{code}"] = [given]
            given = self.on(advice.first_given, "15:20")
            self._find_insufficient(advice, all_of_case)
        if self.random.random() < 0.12:
            given["claim"] = self.random.randint(3, 9)
        self.work[f"give_advice:{code}"] = [given]

    def _warn(self, advice: Advice) -> None:
        """The agency says when it acknowledges the request that it will be late, and why."""
        organisation = advice.agency.organisation
        if organisation == "urn":
            organisation = f"urn:{self.urn}" if self.urn else "send_team"
        if organisation != "send_team":  # there, several advisers share the name of one task
            warning = {"onTime": False, "obstacle": advice.reason}
            days = advice.agency.acknowledges_after
            self.work[f"acknowledge_request:{organisation}"] = [self.after(days, "09:40", answers=warning)]

    def _answers(self, advice: Advice) -> dict[str, Any]:
        if advice.declined:
            return {
                "declined": True,
                "declineReasons": "Never seen by the service, which has nothing to say.",
            }
        if advice.reason == "missed_appointment":
            return {"missedAppointments": self.random.randint(1, 2)}
        return {}

    def _find_insufficient(self, advice: Advice, all_of_case: list[Advice]) -> None:
        assert advice.first_given is not None
        first = advice.first_given
        before = sum(1 for each in all_of_case if each is not advice and each.given < first)
        usual = {"after": 2, "at": "16:10"}
        self.work["check_advice"] = [*([usual] * before), self.after(2, "16:10", answers=_INSUFFICIENT)]
        for each in all_of_case:
            if each is not advice:
                each.first_given = None  # one such loop in a case: its place among the checks is known

    def _camhs_shares_its_work(self) -> None:
        self.work["contribute_advice"] = [
            self.after(self.random.randint(7, 13), by="Beam team", answers={"team": "beam"}),
            self.after(self.random.randint(9, 20), by="Kaleidoscope team", answers={"team": "kaleidoscope"})
            if self.random.random() < 0.7
            else None,
        ]

    # --- the plan --------------------------------------------------------------------------

    def decide_against(self, ready: int) -> None:
        """The assessment shows that no plan is needed."""
        self.work["outcomes_meeting"] = [self.on(ready + self.random.randint(3, 7))]
        self.work["decide_plan"] = [self.on(ready + self.random.randint(9, 14), "14:30", answers=_NO_PLAN)]

    def plan(self, ready: int, *, reissue: bool) -> None:
        """Meeting, decision, draft, family, settings, signature: briskly where twenty weeks can be kept."""
        random = self.random
        brisk = ready + 40 + (34 if reissue else 0) <= _NOT_LATER_THAN - 6 and random.random() < 0.96
        pace = (1, 2) if brisk else (3, 8)
        day = self._write(ready, pace)
        day = self._hear_family(day, brisk)
        wanted = self._consult(day)
        if reissue:
            self.work["decide_setting"] = [self.after(2, answers=_CHANGES), self._setting_decided(wanted)]
            day += FAMILY_DAYS + 19
        else:
            self.work["decide_setting"] = [self._setting_decided(wanted)]
        self._sign(day + REPLY_DAYS + 4, brisk)

    def _write(self, ready: int, pace: tuple[int, int]) -> int:
        random = self.random
        meeting, decision, writing, health = (random.randint(*pace) for _ in range(4))
        self.work["outcomes_meeting"] = [self.on(ready + meeting)]
        self.work["decide_plan"] = [self.after(decision, "14:30")]
        self.work["write_plan"] = [self.after(writing)]
        if random.random() < 0.4:
            self.work["write_plan"] = [self.after(writing, claim=1)]
        self.work["icb_agreement"] = [self.after(health)]
        day = ready + meeting + decision + writing + health + 1
        if pace[0] > 1 and random.random() < 0.2:
            self.work["icb_agreement"] = [self.after(health, answers=_NOT_AGREED)]
            day += 9
        elif pace[0] > 1 and random.random() < 0.25:
            self.work["quality_check"] = [self.after(1, answers=_NOT_PASSED)]
            day += 12
        return day

    def _hear_family(self, served: int, brisk: bool) -> int:
        random = self.random
        chance = random.random()
        if chance < 0.1:
            self.work["family_response"] = None
            return served + FAMILY_DAYS
        answers: dict[str, Any] = {"settingRequested": False}
        if random.random() < 0.65 and self.urn:
            self.wanted = (
                self.urn if random.random() < 0.7 else random.choice(teaching(self.year, self.urn)).urn
            )
            answers = {"requestedSettingUrn": self.wanted}
        else:
            self.wanted = None
        responded = random.randint(4, 9)
        if chance < 0.25:
            answers["wantsMeeting"] = True
            self.work["family_meeting"] = [self.after(random.randint(2, 5))]
        elif chance < 0.5 and brisk:
            answers["nothingMore"] = True
        self.work["family_response"] = [self.after(responded, answers=answers)]
        return served + (responded if "nothingMore" in answers else FAMILY_DAYS)

    def _consult(self, _day: int) -> str:
        """The settings that are consulted, and the one that the plan will name."""
        random = self.random
        wanted = getattr(self, "wanted", None)
        urns = [wanted] if wanted else [each.urn for each in self._to_consult()]
        if not wanted:
            listed = [{"urn": urn, "type": BY_URN[urn].type, "why": "nearest"} for urn in urns]
            self.work["choose_settings"] = [self.after(1, answers={"settingsToConsult": listed})]
        for urn in urns:
            self.work[f"reply_to_consultation:{urn}"] = self._reply()
        return str(random.choice(urns))

    def _to_consult(self) -> list[Any]:
        settings = teaching(self.year)
        return self.random.sample(settings, min(len(settings), self.random.choice((1, 1, 2))))

    def _reply(self) -> list[dict[str, Any] | None] | None:
        chance = self.random.random()
        if chance < 0.14:
            return None
        return [self.after(self.random.randint(3, 11), answers=_CANNOT if chance < 0.26 else {})]

    def _setting_decided(self, urn: str) -> dict[str, Any]:
        answers = {"namedSettingUrn": urn, "settingType": BY_URN[urn].type}
        return self.after(1, "15:45", answers=answers)

    def _sign(self, earliest: int, brisk: bool) -> None:
        random = self.random
        if brisk and earliest <= _NOT_LATER_THAN:
            self.work["sign_plan"] = [self.on(random.randint(earliest, _NOT_LATER_THAN), "13:00")]
        else:
            self.ends_late = True
            day = max(earliest + random.randint(1, 20), TWENTY_WEEKS + 6)
            self.work["sign_plan"] = [self.on(day, "13:00")]

    # --- how a step is written -------------------------------------------------------------

    def after(self, days: int, at: str | None = None, **more: Any) -> dict[str, Any]:
        """A step so many days after it came up."""
        return _step({"after": days, "at": at or self._time(), **more})

    def on(self, day: int, at: str | None = None, **more: Any) -> dict[str, Any]:
        """A step on a day of the case."""
        return _step({"on": day, "at": at or self._time(), **more})

    def _time(self) -> str:
        return f"{self.random.randint(9, 16):02}:{self.random.choice((0, 5, 10, 20, 35, 50)):02}"


def _step(parts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value not in (None, {})}


def _is_apart(advice: Advice, all_of_case: list[Advice]) -> bool:
    """Whether no other advice comes in so near that its check could be taken for this one's."""
    first = advice.first_given
    assert first is not None
    return first > advice.asked + 6 and all(
        abs(each.given - first) > 6 for each in all_of_case if each is not advice
    )


_REFUSED = {
    "assess": False,
    "mayNeedPlan": False,
    "reasons": "The school can meet the needs from what it ordinarily has.",
    "otherSupport": "A reading programme in a small group and a review after two terms.",
}
_NO_PLAN = {
    "issuePlan": False,
    "reasons": "The provision described in the advice can be made from what the school has.",
    "otherSupport": "The school carries on the programme with termly advice.",
}
_RELIED_ON = {
    "decision": "rely",
    "existingOn": '=today() - duration("P80D")',
    "authorAgrees": True,
    "authorityAgrees": True,
    "familyAgrees": True,
    "reason": "Written this year for a hospital and covers needs, provision and outcomes.",
}
_INSUFFICIENT = {
    "sufficient": False,
    "missing": "Please say how often and by whom.",
    "grade": "requires_improvement",
}
_NOT_AGREED = {
    "agreed": False,
    "changes": "Physiotherapy monthly instead of weekly, as the therapist advises.",
}
_NOT_PASSED = {"passed": False, "corrections": "Section F doesn't say how often the group meets."}
_CHANGES = {"otherChanges": True, "changes": "The amount of speech and language therapy in section F."}
_CANNOT = {
    "canMeetNeeds": False,
    "ground": "efficient_education",
    "reasons": "The class of that age has two more children than places.",
}
