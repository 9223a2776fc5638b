"""A plan that lacks nothing, for tests to take something away from."""

from __future__ import annotations

import copy
from typing import Any

from engine.plans.completeness import Circumstances, missing

COMPLETE: dict[str, dict[str, Any]] = {
    "A": {"child": "I like trains.", "parents": "A place to feel safe."},
    "B": {"needs": [{"need": "Loses longer sentences."}, {"need": "Tires quickly."}]},
    "C": {"needs": "Hearing varies."},
    "D": {"needs": "Few friends outside school."},
    "E": {
        "outcomes": [
            {"kind": "education", "outcome": "Follows two steps.", "needs": ["B1", "B2"]},
            {"kind": "health", "outcome": "Says when hearing is poor.", "needs": ["C"]},
            {"kind": "social_care", "outcome": "Goes to a club.", "needs": ["D"]},
        ]
    },
    "F": {
        "provision": [
            {"what": "A language programme.", "needs": ["B1"]},
            {"what": "Rest breaks.", "needs": ["B2"]},
        ]
    },
    "G": {
        "provision": [{"what": "Hearing tests."}],
        "agreedBy": "Designated clinical officer",
        "agreedOn": "2026-10-30",
    },
    "H2": {"provision": "Two hours a week at a club."},
    "I": {"settingType": "mainstream_school"},
    "K": {"advice": [{"adviser": "education", "how": "sought"}]},
}
CHILD = Circumstances(age=9, year_group=4, advisers=frozenset({"education"}))


def plan(**changes: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The complete plan with some sections changed, None for one that is taken out."""
    sections = {**copy.deepcopy(COMPLETE), **changes}
    return {letter: section for letter, section in sections.items() if section is not None}


def lacks(sections: dict[str, dict[str, Any]], of: Circumstances = CHILD) -> dict[str, str]:
    """What is missing, by section."""
    return {problem.field: problem.message for problem in missing(sections, of)}
