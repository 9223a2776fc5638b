"""Kinds of settings: those that regulation 20(12) lists, and the others that a child may attend."""

from __future__ import annotations

#: Kinds whose head arranges the review meeting when the authority asks for it (regulation 20(12)).
SCHOOL_LED = frozenset(
    {
        "maintained_school",
        "maintained_nursery_school",
        "academy",
        "alternative_provision_academy",
        "pupil_referral_unit",
        "non_maintained_special_school",
        "section_41_institution",
    }
)
#: Every kind that a plan or an organisation may have.
SETTING_TYPES = SCHOOL_LED | {
    "early_years",
    "further_education",
    "independent_school",
    "otherwise_than_in_school",
    "own_arrangements",
    "specialist_post_16",
}

#: What `decide_setting` offers -> the kind; what isn't here has the same name.
_NAMED = {
    "mainstream_school": "maintained_school",
    "resourced_provision": "maintained_school",
    "special_school": "maintained_school",
}
_AFTER_16 = frozenset({"further_education", "specialist_post_16"})
_NONE = frozenset({"otherwise_than_in_school", "own_arrangements"})
_LAST_SCHOOL_YEAR = 11


def type_of(decided: str | None) -> str:
    """The kind of setting that a decision on section I names."""
    return _NAMED.get(decided or "", decided or "own_arrangements")


def kind_of(setting_type: str, year_group: int | None) -> str:
    """The coarse kind that the watch for phase transfers asks for: early_years, school, post_16 or none."""
    if setting_type in _NONE:
        return "none"
    if setting_type == "early_years" or (setting_type == "maintained_nursery_school"):
        return "early_years"
    if setting_type in _AFTER_16 or (year_group is not None and year_group > _LAST_SCHOOL_YEAR):
        return "post_16"
    return "school"
