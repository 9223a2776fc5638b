"""Dates worked out by hand from the regulations, before there was any code."""

from datetime import date, timedelta

import pytest

from engine.calendar import Closure
from engine.law import due

REQUEST = {"request_received_on": date(2026, 11, 2)}
MEETING = {"meeting_held_on": date(2027, 3, 3)}


@pytest.mark.parametrize(
    ("number", "rule", "facts", "last_day"),
    [
        (1, "reg5_decide_to_assess", REQUEST, date(2026, 12, 14)),
        (2, "reg10_decide_no_plan", REQUEST, date(2027, 2, 22)),
        (3, "reg13_2_final_20w", REQUEST, date(2027, 3, 22)),
        (4, "reg13_1_parent_15d", {"draft_served_on": date(2027, 2, 22)}, date(2027, 3, 8)),
        (5, "reg20_3_notice_2w", {"meeting_date": date(2027, 3, 3)}, date(2027, 2, 17)),
        (5, "reg20_4_circulate_2w", {"meeting_date": date(2027, 3, 3)}, date(2027, 2, 17)),
        (6, "reg20_report_2w", MEETING, date(2027, 3, 17)),
        (6, "reg20_10_decision_4w", MEETING, date(2027, 3, 31)),
        (6, "devon_amend_notice_4w", MEETING, date(2027, 3, 31)),
        (6, "devon_final_12w", MEETING, date(2027, 5, 26)),
        (7, "reg22_3_final_8w", {"notice_sent_on": date(2027, 3, 17)}, date(2027, 5, 12)),
        (8, "s44_first_review", {"plan_made_on": date(2027, 1, 1)}, date(2027, 12, 31)),
        (9, "s44_first_review", {"plan_made_on": date(2028, 2, 29)}, date(2029, 2, 27)),
        (10, "reg15_2_transfer_15wd", {"move_known_on": date(2026, 12, 17)}, date(2027, 1, 11)),
        (11, "reg18_1b_other_phase", {"phase_transfer_on": date(2027, 9, 1)}, date(2027, 2, 14)),
        (12, "reg18_1a_secondary_to_post16", {"phase_transfer_on": date(2027, 9, 1)}, date(2027, 3, 30)),
        (13, "reg18_2_post16_to_post16", {"phase_transfer_on": date(2027, 9, 1)}, date(2027, 4, 1)),
        (14, "ftt_r20_appeal_2m", {"notice_sent_on": date(2026, 12, 31)}, date(2027, 3, 1)),
        (15, "ftt_r20_appeal_2m", {"notice_sent_on": date(2026, 6, 10)}, date(2026, 9, 1)),
        (16, "ftt_la_response_30wd", {"appeal_sent_on": date(2026, 7, 20)}, date(2026, 9, 29)),
        (17, "reg34_cert_no_mediation_3wd", {"mediation_told_on": date(2026, 12, 23)}, date(2026, 12, 30)),
        (18, "reg25_decide_15d", {"reassessment_requested_on": date(2026, 11, 2)}, date(2026, 11, 17)),
        (18, "reg27_final_14w", {"reassessment_agreed_on": date(2026, 11, 17)}, date(2027, 2, 23)),
        (20, "reg44_2b_final_14w", {"order_dated_on": date(2026, 10, 5)}, date(2027, 1, 11)),
    ],
)
def test_the_last_day_is_the_one_worked_out_by_hand(number, rule, facts, last_day):
    found = due(rule, facts)
    assert found.last_day == last_day, f"vector {number}: {found.explanation}"


def test_vector_4_silence_may_be_acted_on_from_the_day_after():
    found = due("reg13_1_parent_15d", date(2027, 2, 22))
    assert "silence may not be acted on before Tuesday 9 March 2027" in found.explanation


def test_vector_9_says_that_a_day_more_is_arguable():
    found = due("s44_first_review", date(2028, 2, 29))
    assert "Wednesday 28 February 2029 would be arguable" in found.explanation


def test_vector_11_shows_the_working_day_before():
    assert due("reg18_1b_other_phase", date(2027, 9, 1)).safe_day == date(2027, 2, 12)


@pytest.mark.parametrize(("day", "qualifies"), [(14, False), (15, True), (57, True), (58, False)])
def test_vector_19_the_window_of_a_closure(day, qualifies):
    """Days of July 2026 counted on: day 57 is 26 August."""
    closure = Closure(date(2026, 7, 22), date(2026, 9, 2))
    assert closure.covers_request(date(2026, 6, 30) + timedelta(days=day)) is qualifies
