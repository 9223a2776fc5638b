"""Exceptions with their evidence, and facts that are set right, for the cases that have them."""

from __future__ import annotations

from typing import Any

from examples.advice import Advice
from examples.course import Course

_OF_THE_AUTHORITY = ["reg10_decide_no_plan", "reg13_2_final_20w"]


def circumstances(course: Course, ending: str, number: int) -> dict[str, list[dict[str, Any]]]:
    """The exceptions and corrections of a case, as its line writes them."""
    exceptions = []
    if ending == "plan":
        missed = course.sought.of.get("medical")
        if missed is not None and missed.is_late and missed.reason == "missed_appointment" and number % 2:
            exceptions.append(_missed_appointment(missed))
        if course.ends_late:
            exceptions += _of_a_late_plan(course, number)
    corrections = []
    if number % 90 == 17 and ending == "plan":
        corrections.append(_RECEIVED_A_DAY_EARLIER)
    return {"exceptions": exceptions, "corrections": corrections}


def _of_a_late_plan(course: Course, number: int) -> list[dict[str, Any]]:
    if number % 13 == 0:
        return [_personal(course)]
    if number % 17 == 0:
        return [_away(course)]
    if number % 19 == 0 and course.urn is not None:
        return [_closed(course)]
    return []


def _missed_appointment(advice: Advice) -> dict[str, Any]:
    return {
        "on": advice.due - 2,
        "code": "EX_MISSED_APPT",
        "rules": ["reg8_advice_6w"],
        "occurrence": "medical",
        "from": advice.due - 12,
        "evidence": "Letter of the clinic: not brought to the appointment.",
        "impracticalBecause": "The next appointment lies after the six weeks.",
        "familyToldOn": advice.due - 2,
    }


def _personal(course: Course) -> dict[str, Any]:
    return {
        "on": course.asked + 20,
        "code": "EX_PERSONAL",
        "rules": _OF_THE_AUTHORITY,
        "from": course.asked + 10,
        "to": course.asked + 45,
        "evidence": "Letter of the hospital, seen by the case's officer.",
        "impracticalBecause": "The parent asked that no meeting be held during treatment.",
        "familyToldOn": course.asked + 20,
    }


def _away(course: Course) -> dict[str, Any]:
    return {
        "on": course.asked + 16,
        "code": "EX_ABSENT_4W",
        "rules": _OF_THE_AUTHORITY,
        "from": course.asked + 12,
        "to": course.asked + 44,
        "evidence": "Message of the family with the dates of travel.",
        "impracticalBecause": "Neither child nor parent could be seen by the advisers.",
        "familyToldOn": course.asked + 16,
    }


def _closed(course: Course) -> dict[str, Any]:
    return {
        "on": course.asked + 9,
        "code": "EX_SCHOOL_CLOSED",
        "rules": _OF_THE_AUTHORITY,
        "from": course.asked + 3,
        "to": course.asked + 42,
        "evidence": "Notice of the governors: the building is closed for repairs to its roof.",
        "impracticalBecause": "The head's advice could not be had before the school opened again.",
        "familyToldOn": course.asked + 9,
    }


_RECEIVED_A_DAY_EARLIER = {
    "on": 9,
    "anchor": "request_received_on",
    "fallsOn": -1,
    "reason": "The letter was stamped at the front desk a day before it reached the team.",
}
