"""The walks that the tests of the branches look at: what differs from the forms' examples, and who is silent."""

from __future__ import annotations

from datetime import date
from functools import cache

from tests.bpmn.plan_walks import PLAN_WALKS
from tests.bpmn.review_walks import REVIEW_WALKS
from tests.bpmn.walking import CHILD, Walk

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
}


WALKS |= PLAN_WALKS | REVIEW_WALKS


@cache
def walk(name: str) -> Walk:
    return Walk(**WALKS[name])
