"""A fictional amendment: the version in force on the day of the anchor decides, and no other."""

from datetime import date

import pytest

from engine.law import MissingAnchor, NoSuchLaw, due, statute

RULE = "reg13_2_final_20w"
CHANGE = date(2028, 9, 1)
SIXTEEN_WEEKS = {
    "kind": "statutory",
    "nature": "deadline",
    "length": "16 weeks",
    "counting": "EXCL",
    "from": "request_received_on",
    "cite": "SEND (Invented Amendment) Regulations 2028, reg 3",
    "checked_on": date(2028, 8, 1),
    "confidence": "read",
    "start_confidence": "read",
}


@pytest.fixture(scope="module")
def amended():
    return statute().amended(RULE, CHANGE, SIXTEEN_WEEKS)


@pytest.mark.parametrize(
    ("received", "version", "last_day"),
    [
        (date(2028, 8, 31), date(2014, 9, 1), date(2029, 1, 18)),
        (date(2028, 9, 1), CHANGE, date(2028, 12, 22)),
        (date(2028, 9, 2), CHANGE, date(2028, 12, 23)),
    ],
)
def test_both_sides_of_an_amendment(amended, received, version, last_day):
    found = due(RULE, {"request_received_on": received}, law=amended)
    assert (found.version, found.last_day) == (version, last_day)


def test_an_amendment_cites_itself(amended):
    found = due(amended.rule(RULE), CHANGE)
    assert "Invented Amendment" in found.explanation
    assert "version of 1 September 2028)" in found.explanation


def test_the_law_on_another_day_can_be_asked_for(amended):
    received = {"request_received_on": date(2028, 11, 1)}
    assert due(RULE, received, on=date(2028, 8, 31), law=amended).version == date(2014, 9, 1)
    assert due(RULE, received, law=amended).version == CHANGE


def test_the_shipped_law_never_changes(amended):
    assert len(amended.rule(RULE).known) == 2
    assert len(statute().rule(RULE).known) == 1
    assert due(RULE, date(2028, 11, 1)).version == date(2014, 9, 1)


def test_a_version_that_starts_on_the_same_day_replaces(amended):
    again = amended.amended(RULE, CHANGE, SIXTEEN_WEEKS | {"length": "12 weeks"})
    assert due(RULE, CHANGE, law=again).last_day == date(2028, 11, 24)
    assert len(again.rule(RULE).known) == 2


def test_a_rule_that_ends_has_no_answer_from_then_on():
    ended = statute().amended(RULE, CHANGE, None)
    assert due(RULE, date(2028, 8, 31), law=ended).last_day == date(2029, 1, 18)
    with pytest.raises(NoSuchLaw, match="was not law on 2028-09-01: it ended when 2028-09-01 began"):
        due(RULE, CHANGE, law=ended)
    assert ended.rule(RULE).kind == "statutory"


def test_a_rule_may_begin_again_after_its_end():
    again = statute().amended(RULE, CHANGE, None).amended(RULE, date(2029, 1, 1), SIXTEEN_WEEKS)
    assert due(RULE, date(2029, 1, 1), law=again).last_day == date(2029, 4, 23)
    with pytest.raises(NoSuchLaw):
        due(RULE, date(2028, 12, 31), law=again)


def test_an_amendment_may_change_what_is_counted_from():
    """Each version looks for its own anchor; a day that belongs to the other's time is no answer."""
    law = statute().amended(RULE, CHANGE, SIXTEEN_WEEKS | {"from": "assessment_decided_on"})
    facts = {"request_received_on": date(2028, 8, 1), "assessment_decided_on": date(2028, 9, 12)}
    assert due(RULE, facts, law=law).anchor == "assessment_decided_on"
    old = {"request_received_on": date(2028, 7, 3), "assessment_decided_on": date(2028, 8, 14)}
    assert due(RULE, old, law=law).anchor == "request_received_on"
    assert due(RULE, {"request_received_on": date(2028, 8, 31)}, law=law).version == date(2014, 9, 1)
    with pytest.raises(MissingAnchor, match="it counts from assessment_decided_on"):
        due(RULE, {"request_received_on": CHANGE}, law=law)


def test_a_day_without_a_name_serves_whichever_version_is_in_force():
    law = statute().amended(RULE, CHANGE, SIXTEEN_WEEKS | {"from": "assessment_decided_on"})
    assert due(RULE, date(2028, 8, 31), law=law).anchor == "request_received_on"
    assert due(RULE, date(2028, 9, 1), law=law).anchor == "assessment_decided_on"
    assert law.rule(RULE).anchors == ("assessment_decided_on", "request_received_on", "became_responsible_on")


def test_another_fact_may_decide_which_version_applies():
    """A transitional provision: advice asked for later still follows the law of the request."""
    four_weeks = SIXTEEN_WEEKS | {
        "length": "4 weeks",
        "from": "advice_request_received_on",
        "applies_to": "request_received_on",
    }
    law = statute().amended("reg8_advice_6w", CHANGE, four_weeks)
    asked = date(2028, 10, 2)
    before = {"request_received_on": date(2028, 8, 31), "advice_request_received_on": asked}
    after = {"request_received_on": date(2028, 9, 1), "advice_request_received_on": asked}
    assert due("reg8_advice_6w", after, law=law).last_day == date(2028, 10, 30)
    assert due("reg8_advice_6w", before, law=law).last_day == date(2028, 11, 13)
    with pytest.raises(MissingAnchor):
        due("reg8_advice_6w", {"advice_request_received_on": asked}, law=law)
