"""What stands in invented plans: the same words for everybody, and complete by regulation 12."""

from __future__ import annotations

from typing import Any

from examples.settings import Setting

#: From this school year on a plan prepares for adulthood (regulation 12(3)).
_ADULTHOOD_YEAR = 9
_YEARS_AHEAD = 4


def sections(curriculum_year: int, setting: Setting) -> dict[str, dict[str, Any]]:
    """The sections of a plan for somebody in a school year, good for the years of a replay that follow."""
    content: dict[str, dict[str, Any]] = {
        "A": {
            "child": "I like drawing and the small group. I want to be asked before things change.",
            "parents": "We would like help with talking to other children.",
        },
        "B": {
            "primary": "SLCN",
            "needs": [
                {
                    "need": "Understands short sentences; loses longer ones.",
                    "area": "communication",
                    "strengths": "Remembers pictures well.",
                }
            ],
        },
        "C": {"none": True},
        "D": {"none": True},
        "E": {
            "outcomes": [
                {
                    "outcome": "Follows an instruction of two steps in a busy room.",
                    "kind": "education",
                    "needs": ["B1"],
                    "by": "By the end of the key stage",
                    "monitoring": "Class teacher and therapist, each term",
                }
            ]
        },
        "F": {
            "provision": [
                {
                    "what": "A daily language programme in a group of two.",
                    "needs": ["B1"],
                    "who": "Teaching assistant trained by the therapist",
                    "howMuch": "20 minutes each school day",
                }
            ]
        },
        "I": {"settingType": setting.type, "settingUrn": setting.urn},
        "K": {"advice": [{"adviser": "education", "author": "Head of the setting", "how": "sought"}]},
    }
    if curriculum_year >= _ADULTHOOD_YEAR - _YEARS_AHEAD:
        content["F"]["adulthood"] = "Visits to a workplace, and planning a journey alone, each term."
    return content
