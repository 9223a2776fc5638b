"""What an answer holds, what it is worked out from, and what is refused."""

from datetime import UTC, date, datetime

import pytest

from engine.calendar import Correction, england
from engine.law import LawError, MissingAnchor, NotComputable, UnknownRule, due, statute

REQUEST = {"request_received_on": date(2026, 11, 2)}


def test_an_answer_holds_what_it_was_worked_out_from():
    found = due("reg5_decide_to_assess", REQUEST)
    assert found.rule == "reg5_decide_to_assess"
    assert found.version == date(2014, 9, 1)
    assert (found.anchor, found.anchored_on) == ("request_received_on", date(2026, 11, 2))
    assert found.last_day == found.safe_day == date(2026, 12, 14)
    assert found.broken_at == datetime(2026, 12, 15, tzinfo=UTC)
    assert found.strict_day == date(2026, 12, 13)
    assert (found.kind, found.nature) == ("statutory", "deadline")
    assert found.citation == "SEND Regulations 2014, reg 5(1), (3) and (4)"


def test_in_summer_a_limit_breaks_an_hour_earlier_in_utc():
    found = due("reg5_decide_to_assess", {"request_received_on": date(2027, 3, 1)})
    assert found.last_day == date(2027, 4, 12)
    assert found.broken_at == datetime(2027, 4, 12, 23, tzinfo=UTC)


def test_the_fact_may_be_given_as_a_day_alone():
    assert due("reg5_decide_to_assess", date(2026, 11, 2)) == due("reg5_decide_to_assess", REQUEST)


def test_the_rule_itself_may_be_given():
    rule = statute().rule("reg5_decide_to_assess")
    assert due(rule, REQUEST) == due("reg5_decide_to_assess", REQUEST)


def test_a_corrected_calendar_moves_a_count_of_working_days():
    struck = england().corrected([Correction(date(2026, 11, 9), True, "Proclaimed for the test")])
    shipped = due("reg15_2_transfer_15wd", date(2026, 11, 2))
    assert shipped.last_day == date(2026, 11, 20)
    moved = due("reg15_2_transfer_15wd", date(2026, 11, 2), calendar=struck)
    assert moved.last_day == date(2026, 11, 23)
    assert "Monday 9 November 2026 (Proclaimed for the test)" in moved.explanation


def test_facts_that_the_rule_does_not_count_from_are_passed_over():
    assert due("reg5_decide_to_assess", REQUEST | {"plan_made_on": date(2020, 1, 1)}).anchored_on == date(
        2026, 11, 2
    )


def test_a_missing_fact_is_named():
    with pytest.raises(
        MissingAnchor, match="request_received_on or became_responsible_on, which isn't given"
    ) as missing:
        due("reg5_decide_to_assess", {"plan_made_on": date(2026, 11, 2)})
    assert missing.value.anchors == ("request_received_on", "became_responsible_on")
    assert isinstance(missing.value, NotComputable)


def test_the_fact_of_the_other_limb_is_not_enough():
    with pytest.raises(MissingAnchor, match="it counts from notice_sent_on"):
        due("ftt_r20_appeal_2m", {"certificate_issued_on": date(2026, 11, 2)})


def test_an_unknown_rule_is_refused_with_near_ones():
    with pytest.raises(
        UnknownRule, match=r"rule reg13_final_20w\. Did you mean reg13_2_final_20w"
    ) as unknown:
        due("reg13_final_20w", REQUEST)
    assert unknown.value.near[0] == "reg13_2_final_20w"
    with pytest.raises(UnknownRule, match=r"There is no rule xyzzy\.$"):
        due("xyzzy", REQUEST)


def test_an_instant_in_place_of_a_day_is_refused():
    with pytest.raises(TypeError, match="Give the day in London as a date"):
        due("reg5_decide_to_assess", {"request_received_on": datetime(2026, 11, 2, tzinfo=UTC)})


@pytest.mark.parametrize("day", [date(9001, 1, 1), date(9999, 12, 31), date(1899, 12, 31), date(1, 1, 1)])
def test_a_slip_of_the_pen_is_refused(day):
    with pytest.raises(LawError, match="Give a day between the years 1900 and 9000"):
        due("reg5_decide_to_assess", {"request_received_on": day})


def test_the_farthest_day_still_has_an_answer():
    assert due("s44_first_review", date(9000, 12, 31)).explanation


def test_of_two_facts_the_rule_says_which_counts():
    both = {"request_received_on": date(2026, 11, 16), "became_responsible_on": date(2026, 11, 2)}
    assert due("reg5_decide_to_assess", both).anchor == "became_responsible_on"
    plan = {"plan_made_on": date(2025, 11, 3), "last_review_on": date(2026, 11, 2)}
    assert due("cop9_169_decision_in_year", plan).anchor == "last_review_on"


@pytest.mark.parametrize(
    ("rule", "day", "strict"),
    [
        ("reg5_decide_to_assess", date(2026, 11, 2), date(2026, 12, 13)),
        ("ftt_r20_appeal_2m", date(2026, 12, 31), date(2027, 2, 27)),
        ("reg34_cert_no_mediation_3wd", date(2026, 12, 23), date(2026, 12, 29)),
        ("ftt_la_response_30wd", date(2026, 7, 20), date(2026, 9, 28)),
        ("reg13_1_parent_15d", date(2027, 2, 22), None),
        ("s44_first_review", date(2027, 1, 1), None),
        ("reg20_3_notice_2w", date(2027, 3, 3), None),
        ("s45_4_hold", date(2026, 11, 2), None),
    ],
)
def test_the_stricter_reading_is_for_what_can_be_missed(rule, day, strict):
    assert due(rule, day).strict_day == strict


def test_one_working_day_by_the_stricter_reading_is_the_day_itself():
    terms = {
        "kind": "statutory", "nature": "deadline", "length": "1 working day", "counting": "EXCL",
        "from": "agreement_on", "cite": "Invented", "checked_on": date(2026, 11, 23),
        "confidence": "read", "start_confidence": "read",
    }  # fmt: skip
    law = statute().amended("reg42_4_icb_tells_la_1w", date(2026, 1, 1), terms)
    found = due("reg42_4_icb_tells_la_1w", date(2026, 11, 2), law=law)
    assert (found.strict_day, found.last_day) == (date(2026, 11, 2), date(2026, 11, 3))


def test_a_range_shows_both_its_ends():
    found = due("cop_under5_3_6m", date(2027, 1, 1))
    assert (found.earliest_day, found.last_day) == (date(2027, 4, 1), date(2027, 7, 1))
    assert due("reg5_decide_to_assess", REQUEST).earliest_day is None
