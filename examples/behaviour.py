"""How the agencies keep their six weeks: the figures of a local area's own report, and plausible others.

The report has two quarters: CAMHS 34 % and then 81 %, Children's Therapies 80 % in both, Child Health 80 %
and then 63 %. They are the third and fourth quarter of the year; the first two lie in between. A quarter is
named by how it lies in the replayed year, so the figures come out the same whenever the year is replayed.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The last days of the four quarters, counted from the last day of the year.
QUARTER_ENDS = (-273, -182, -91, 0)
WEEKS_ALLOWED = 6


@dataclass(frozen=True)
class Agency:
    """Who gives one kind of advice: share on time by quarter in percent, days to acknowledge, reasons."""

    code: str
    organisation: str
    on_time: tuple[int, int, int, int]
    acknowledges_after: int
    reasons: tuple[str, ...]
    exact_quarters: tuple[int, ...] = ()


AGENCIES = {
    agency.code: agency
    for agency in (
        Agency("camhs", "camhs", (60, 50, 34, 81), 2, ("capacity", "capacity", "not_reached"), (2, 3)),
        Agency("therapies", "childrens_therapies", (80, 80, 80, 80), 1, ("capacity", "absent"), (0, 1, 2, 3)),
        Agency(
            "medical",
            "child_health",
            (76, 70, 80, 63),
            2,
            ("missed_appointment", "missed_appointment", "maternity"),
            (2, 3),
        ),
        Agency("psychological", "educational_psychology", (74, 70, 68, 72), 1, ("capacity",)),
        Agency("social_care", "social_care", (86, 84, 85, 87), 1, ("information", "capacity")),
        Agency("education", "urn", (90, 88, 90, 89), 1, ("absent", "information")),
        Agency("sensory", "send_team", (92, 92, 92, 92), 1, ("capacity",)),
        Agency("pfa", "send_team", (92, 92, 92, 92), 1, ("information",)),
        Agency("defence", "send_team", (92, 92, 92, 92), 1, ("information",)),
        Agency("youth_offending", "youth_offending", (95, 95, 95, 95), 1, ("information",)),
    )
}
#: Advice that isn't asked for in every case can be left out to make a quarter's share exact.
OPTIONAL = ("camhs", "therapies")


def quarter_of(day: int) -> int | None:
    """The quarter (0 to 3) in which a day of the year lies; None after the year's end."""
    return next((number for number, end in enumerate(QUARTER_ENDS) if day <= end), None)


def is_near_a_quarters_end(day: int) -> bool:
    """Whether a weekend or bank holiday could carry a day over the end of its quarter."""
    return any(end - 6 <= day <= end for end in QUARTER_ENDS)


def exact_number(of: int, percent: int) -> int | None:
    """How many of a number make this whole percentage; None where none does."""
    nearest = round(of * percent / 100)
    return nearest if of and round(100 * nearest / of) == percent else None
