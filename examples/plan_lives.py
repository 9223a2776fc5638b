"""How the plans of a population live: when each setting holds its reviews, and what comes of them.

The nation's figures of 2025, so far as they are known: of the reviews that were completed a bit over half
were decided later than four weeks after the meeting; one in five of those expected wasn't completed in its
year. Lateness belongs to the setting and to the officer's load, so it is a habit of each setting here.
"""

from __future__ import annotations

from random import Random
from typing import Any

from examples.settings import SETTINGS

Step = dict[str, Any]


def next_setting(*, primary: str, secondary: str, college: str) -> dict[str, str]:
    """Answers of the decision on an amendment: for a move between phases the next setting is named."""
    moves = 'if origin = "phase_transfer" then'
    named = (
        f'(if yearGroup >= 10 then "{college}" else if yearGroup >= 3 then "{secondary}" else "{primary}")'
    )
    kind = '(if yearGroup >= 10 then "further_education" else "mainstream_school")'
    return {
        "changeSetting": '=origin = "phase_transfer"',
        "namedSettingUrn": f"={moves} {named} else null",
        "settingType": f"={moves} {kind} else null",
        "familyRequestMet": f"={moves} true else null",
    }


#: How tasks of reviews, amendments, moves and endings go of which a line says nothing.
USUAL: dict[str, Step] = {
    "fix_review_date": {
        "after": 5,
        "answers": {
            "meetingOn": '=today() + (if review.kind = "annual" then duration("P70D") else duration("P35D"))'
        },
    },
    "review_family_views": {"after": 20},
    "give_review_advice": {"after": 18, "at": "15:20"},
    "circulate_papers": {"on": '=meetingOn - duration("P16D")'},
    "fix_new_date": {"after": 2, "answers": {"meetingOn": '=today() + duration("P28D")'}},
    "hold_review_meeting": {"on": "=meetingOn", "at": "14:00"},
    "write_review_report": {"after": 9},
    "decide_review": {
        "after": 18,
        "at": "14:30",
        "answers": {"decision": '=if review.kind = "phase_transfer" then "amend" else "maintain"'},
    },
    "review_lightly": {"after": 12},
    "prepare_amendments": {"after": 4},
    "agree_health_provision": {"after": 6},
    "respond_to_amendments": {"after": 9},
    "meet_family": {"after": 5},
    "decide_amendment": {
        "after": 12,
        "at": "14:30",
        "answers": next_setting(primary="103001", secondary="103004", college="130008"),
    },
    "sign_amended_plan": {"after": 3, "at": "13:00"},
    "take_preferences": {"after": 25},
    "supply_curriculum_year": {"after": 5, "answers": {"year": 4}},
    "check_cessation": {"after": 6},
    "record_views": {"after": 10},
    "decide_cessation": {"after": 8, "at": "14:30"},
}

#: Shares of what reviews end with; the rest is kept as it is.
_AMENDED, _CEASED = 0.40, 0.012
#: A review that takes place long after its year, or of which nobody has held a meeting at the end.
_FAR_TOO_LATE, _NEVER = 0.05, 0.01
_POSTPONED, _REPORT_LATE, _WITHOUT_VIEWS = 0.08, 0.25, 0.05
#: The decision is late with so many of a setting's reviews; settings differ.
_DECIDED_LATE = (0.35, 0.75)
#: Reviews that a line speaks of, unless it's said otherwise: more than three years have.
_REVIEWS = 6


class Habits:
    """How punctual each setting is: the share of its reviews that is decided late."""

    def __init__(self, random: Random) -> None:
        lowest, highest = _DECIDED_LATE
        self._late = {each.urn: random.uniform(lowest, highest) for each in SETTINGS}

    def share_late(self, urn: str) -> float:
        """The share of a setting's reviews of which the decision is late."""
        return self._late[urn]


def work(
    random: Random, urn: str, habits: Habits, next_settings: dict[str, str], reviews_told: int = _REVIEWS
) -> dict[str, Any]:
    """How the tasks of one plan's reviews go, each time that one comes up."""
    reviews = range(reviews_told)
    steps: dict[str, Any] = {
        "hold_review_meeting": [_meeting(random) for _ in reviews],
        "decide_review": [_decision(random, habits.share_late(urn)) for _ in reviews],
        "decide_amendment": [_amendment(random, next_settings) for _ in reviews],
    }
    if random.random() < _REPORT_LATE:
        steps["write_review_report"] = [{"after": random.randint(15, 30)} for _ in reviews]
    if random.random() < _WITHOUT_VIEWS:
        steps["review_family_views"] = None
    return steps


def _meeting(random: Random) -> Step | None:
    chance = random.random()
    if chance < _NEVER:
        return None
    if chance < _NEVER + _FAR_TOO_LATE:
        return {"after": random.randint(90, 240), "at": "14:00"}
    if chance < _NEVER + _FAR_TOO_LATE + _POSTPONED:
        answers = {"outcome": "postponed", "notHeldReason": "The family asked for another day."}
        return {"on": "=meetingOn", "at": "09:30", "answers": answers}
    return {"on": "=meetingOn", "at": "14:00"}


def _decision(random: Random, share_late: float) -> Step:
    """Kept, amended or ended; whoever moves on to another phase has a plan amended for it."""
    late = random.random() < share_late
    after = random.randint(27, 70) if late else random.randint(8, 20)
    chance = random.random()
    if chance < _CEASED:
        return {"after": after, "at": "14:30", "answers": ENDED}
    usual = "amend" if chance < _CEASED + _AMENDED else "maintain"
    decision = f'=if review.kind = "phase_transfer" then "amend" else "{usual}"'
    return {"after": after, "at": "14:30", "answers": {"decision": decision}}


def _amendment(random: Random, next_settings: dict[str, str]) -> Step:
    return {"after": random.randint(6, 34), "at": "14:30", "answers": next_setting(**next_settings)}


#: The answers of a decision that a plan is no longer necessary (section 45).
ENDED = {"decision": "cease", "ceaseGround": "not_necessary", "reasons": "The outcomes are achieved."}
