"""The walks through what happens to a plan: amendments, its end, moves between phases, appeals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

STARTED = date(2026, 9, 1)
CASE = {"caseKey": "1"}
MESSAGE = {
    **CASE,
    "messageKey": "7",
    "messageKind": "notice",
    "channel": "email",
    "outcome": "no-such-mailbox",
}
AMENDED = ("plan_amended", {"settingNamed": True})
AMENDED_OTHERWISE = ("plan_amended", {"settingNamed": False})
CEASED = ("plan_ceased", {})
YEAR_CHANGED = ("curriculum_year_changed", {})
LODGED = ("appeal_lodged", {"lodgedOn": STARTED})
SECTION_G = {"changedSections": ["G"], "reasonG": "The therapist's advice.", "healthProvision": []}
SAID_ALL = {"nothingMore": True}


def amendment(origin: str = "review", **more: object) -> dict[str, object]:
    variables = {**CASE, "occurrence": f"{origin}-1", "origin": origin}
    return {"process": "amend_plan", "variables": variables} | more


def cessation(*, decided: bool = False, ground: str = "not_necessary", **more: object) -> dict[str, object]:
    review = "review-1" if decided else None
    variables = {**CASE, "occurrence": None, "ground": ground, "fromReview": review, "consulted": decided}
    return {"process": "cease_plan", "variables": variables} | more


def decided(upheld: bool) -> tuple[str, Mapping[str, Any]]:
    return "appeal_ended", {"ceaseUpheld": upheld}


def watched(*told: tuple[Any, ...], **more: object) -> dict[str, object]:
    variables = {**CASE, "nationalCurriculumYear": 5, "settingKind": "school"}
    lasts = timedelta(days=4_000)
    return {"process": "phase_transfer_watch", "variables": variables, "told": told, "lasts": lasts} | more


def years(*found: int | None) -> Mapping[str, Any]:
    """The year group as the plan gives it, one after the other: of the school year that has just begun."""

    def given(times: int) -> Mapping[str, Any]:
        return {
            "curriculumYear": found[min(times, len(found) - 1)],
            "settingPhase": None,
            "begins": STARTED.replace(year=STARTED.year + times),
        }

    return {"phase": given}


PLAN_WALKS: dict[str, dict[str, object]] = {
    "message sent again": {"process": "undelivered", "variables": MESSAGE},
    "message not needed": {
        "process": "undelivered",
        "variables": MESSAGE,
        "answers": {"see_to_message": {"resend": "not_needed", "why": "They were told by telephone."}},
    },
    "appeal window": {"process": "appeal_window", "variables": CASE, "facts": {"notice_sent_on": STARTED}},
    "appeal": {
        "process": "appeal_window",
        "variables": CASE,
        "facts": {"notice_sent_on": STARTED},
        "told": (LODGED,),
    },
    "amended after a review": amendment(),
    "amended alone": amendment("amendment", answers={"respond_to_amendments": {"wantsMeeting": True}}),
    "amended, family has said all": amendment(answers={"respond_to_amendments": SAID_ALL}),
    "amended, family silent": amendment(silent=frozenset({"respond_to_amendments"})),
    "amended in section G": amendment(
        answers={
            "prepare_amendments": SECTION_G,
            "agree_health_provision": lambda times: {"agreed": times > 0, "changes": "The hours."},
        }
    ),
    "amended in section I": amendment(
        answers={
            "prepare_amendments": {"settingChanges": True},
            "decide_amendment": {
                "changeSetting": True,
                "settingType": "special_school",
                "familyRequestMet": True,
            },
        }
    ),
    "not amended": amendment(answers={"decide_amendment": {"amend": False}}),
    "amendment undecided": amendment(silent=frozenset({"decide_amendment"})),
    "amendment alone undecided": amendment("amendment", silent=frozenset({"decide_amendment"})),
    "amendment overtaken": amendment(silent=frozenset({"decide_amendment"}), told=(CEASED,)),
    "ended": cessation(),
    "ended as decided in a review": cessation(decided=True),
    "end not decided": cessation(answers={"decide_cessation": {"cease": False}}),
    "end considered in silence": cessation(silent=frozenset({"record_views"})),
    "end, family has said all": cessation(answers={"record_views": SAID_ALL}),
    "end, review first": cessation(answers={"check_cessation": {"inEducation": False}}),
    "end appealed": cessation(decided=True, told=(LODGED, decided(True))),
    "end appealed late": cessation(decided=True, told=((*LODGED, "hold_over"), decided(True))),
    "end appealed with success": cessation(decided=True, told=(LODGED, decided(False))),
    "watch until the plan ends": watched(AMENDED_OTHERWISE, AMENDED, CEASED, gives=years(5, 6, 7)),
    "watch, year unknown": watched(CEASED, gives=years(None, 6)),
    "watch, year given elsewhere": watched(
        YEAR_CHANGED,
        CEASED,
        gives=years(None, 6),
        silent=frozenset({"supply_curriculum_year"}),
    ),
    "watch, year corrected": watched(YEAR_CHANGED, CEASED, gives=years(5, 4)),
    "watch, year corrected late": watched((*YEAR_CHANGED, "take_preferences"), CEASED, gives=years(6, 4)),
    "watch, move asked for": watched(
        (
            "phase_transfer_asked",
            {"askedKind": "post_16_to_post_16", "askedFor": STARTED.replace(year=2027)},
        ),
        AMENDED,
        CEASED,
        gives=years(13, 14),
    ),
    "watch to 25": watched(
        (*CEASED, "consider_end"), facts={"academic_year_ends_on": date(2027, 7, 31)}, gives=years(13)
    ),
    "watch to 25, ending already": watched(
        (*CEASED, "end_considered"),
        facts={"academic_year_ends_on": date(2027, 7, 31)},
        gives={**years(13), "may_cease": {"mayCease": False}},
    ),
}
