"""The walks that the tests of the branches look at: what differs from the forms' examples, and who is silent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

from tests.bpmn.walking import CHILD, START, Walk

REQUESTED = date(2026, 9, 1)
ELSEWHERE = {"otherSupport": "Support from the school's own means."}
REFUSE = {"assess": False, **ELSEWHERE}
NO_PLAN = {"issuePlan": False, **ELSEWHERE}
OTHER_COUNCIL = {
    "responsible": False,
    "responsibleCouncil": "Another council",
    "responsibleReason": "They moved.",
}
DECLINE = {"declined": True, "declineReasons": "The child isn't known to the service."}
CHANGE = {"otherChanges": True, "changes": "Section F."}
UNSIGNED = {"sendBack": True, "corrections": "Section F prepares for nothing after school."}
WITH_CAMHS = {"familyAskedForOthers": True, "otherAdvisers": ["camhs", "therapies"]}
WISHES_NOTHING = {"requestedSettingUrn": None}


def settings(*urns: str) -> dict[str, object]:
    chosen = [{"urn": urn, "type": "mainstream_school", "why": "suitable"} for urn in urns]
    return {"settingsToConsult": chosen}


WALKS = {
    "plan": {},
    "other council": {"answers": {"register_request": OTHER_COUNCIL}},
    "refused": {"answers": {"decide_assess": REFUSE}},
    "refused, nobody heard": {
        "answers": {"decide_assess": REFUSE},
        "silent": frozenset({"family_views_request", "early_information"}),
    },
    "undecided": {"silent": frozenset({"decide_assess"})},
    "no plan": {"answers": {"decide_plan": NO_PLAN}},
    "plan undecided": {"silent": frozenset({"decide_plan"})},
    "adviser silent": {
        "silent": frozenset({("give_advice", "educational_psychology"), "acknowledge_request"})
    },
    "declined": {"answers": {("give_advice", "child_health"): DECLINE, "decide_plan": NO_PLAN}},
    "insufficient": {
        "answers": {
            "check_advice": lambda times: {"sufficient": times > 2, "missing": "Provision and outcomes."},
            "decide_plan": NO_PLAN,
        }
    },
    "camhs": {"answers": {"choose_advice": WITH_CAMHS, "decide_plan": NO_PLAN}},
    "camhs, nobody contributes": {
        "answers": {"choose_advice": WITH_CAMHS, "decide_plan": NO_PLAN},
        "silent": frozenset({"contribute_advice", "acknowledge_request"}),
    },
    "camhs, nobody named": {
        "answers": {"choose_advice": WITH_CAMHS, "decide_plan": NO_PLAN},
        "silent": frozenset({"name_contributors"}),
    },
    "camhs silent": {
        "answers": {"choose_advice": WITH_CAMHS},
        "silent": frozenset({("give_advice", "camhs")}),
    },
    "camhs declines": {
        "answers": {"choose_advice": WITH_CAMHS, ("give_advice", "camhs"): DECLINE, "decide_plan": NO_PLAN}
    },
    "draft late": {"silent": frozenset({"write_plan"})},
    "draft sent back": {
        "answers": {
            "icb_agreement": lambda times: {"agreed": times > 0, "changes": "The hours in section G."},
            "quality_check": lambda times: {"passed": times > 0, "corrections": "Outcomes."},
        }
    },
    "re-issued twice": {"answers": {"decide_setting": lambda times: CHANGE if times < 2 else {}}},
    "not signed at first": {"answers": {"sign_plan": lambda times: UNSIGNED if times == 0 else {}}},
    "nothing more, but a meeting": {
        "answers": {"family_response": {"nothingMore": True, "wantsMeeting": True}}
    },
    "family silent": {
        "answers": {"choose_settings": settings("222222")},
        "silent": frozenset({"family_response"}),
    },
    "settings silent": {
        "answers": {"family_response": WISHES_NOTHING, "choose_settings": settings("222222", "333333")},
        "silent": frozenset({"reply_to_consultation"}),
    },
    "further settings": {
        "answers": {
            "decide_setting": lambda times: {"consultFurther": times == 0},
            "choose_settings": settings("222222", "333333"),
        }
    },
    "type alone named": {
        "answers": {
            "family_response": WISHES_NOTHING,
            "choose_settings": settings("222222"),
            "decide_setting": {"namedSettingUrn": None},
        }
    },
    "no setting attended": {"variables": {**CHILD, "settingUrn": None, "settingKind": "none"}},
    "appeal window": {"process": "appeal_window", "variables": {}, "facts": {"notice_sent_on": REQUESTED}},
    "review planned": {"process": "review_schedule", "variables": {}, "facts": {"plan_made_on": REQUESTED}},
    "review late": {
        "process": "review_schedule",
        "variables": {},
        "facts": {"plan_made_on": REQUESTED},
        "silent": frozenset({"plan_first_review"}),
        "lasts": timedelta(days=400),
    },
}


def watch(year: int | None, start: datetime = START, **more: object) -> dict[str, object]:
    variables = {"nationalCurriculumYear": year, "settingKind": "school"}
    return {
        "process": "phase_transfer_watch",
        "variables": variables,
        "start": start,
        "lasts": timedelta(days=4_000),
    } | more


WALKS |= {
    "watch from year 5": watch(5),
    "watch from year 12": watch(12),
    "watch without a year": watch(None),
    "watch, planned late": watch(
        6,
        answers={
            name: lambda times: {"transferPlanned": times > 0, "obstacle": "The family is away."}
            for name in ("plan_phase_transfer", "plan_move_to_post_16")
        },
    ),
}


@cache
def walk(name: str) -> Walk:
    return Walk(**WALKS[name])
