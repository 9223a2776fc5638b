"""What holds for any day: monotony, inverses, and an explanation that names what it used."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import Correction, england
from engine.clock import day_of
from engine.law import due, statute
from engine.law.counting import add_months

RULES = st.sampled_from([rule for rule in statute() if rule.is_computable])
COUNTED_IN_WORKING_DAYS = st.sampled_from(
    [rule for rule in statute() if rule.latest.limb.length.unit == "working_days"]
)
DAYS = st.dates(date(2022, 3, 8), date(2045, 12, 31))
A_DAY = timedelta(days=1)


@given(RULES, DAYS, DAYS)
def test_a_later_anchor_never_gives_an_earlier_limit(rule, one, other):
    earlier, later = sorted((one, other))
    assert due(rule, earlier).last_day <= due(rule, later).last_day


@given(RULES, DAYS)
def test_it_is_kept_on_its_last_day_and_broken_on_the_next(rule, day):
    found = due(rule, day)
    assert day_of(found.broken_at) - found.last_day == A_DAY


@given(RULES, DAYS)
def test_the_safe_day_is_the_last_working_day_that_keeps_it(rule, day):
    found = due(rule, day)
    assert found.safe_day <= found.last_day
    assert england().is_working_day(found.safe_day)
    assert england().working_days_between(found.safe_day, found.last_day) == 0


@given(RULES, DAYS)
def test_counting_onwards_ends_no_earlier_than_it_begins(rule, day):
    counting = rule.latest.limb.counting
    found = due(rule, day)
    if counting == "BACK":
        assert found.last_day < day
    elif counting != "BEFORE":
        assert found.last_day >= day


@given(COUNTED_IN_WORKING_DAYS, DAYS)
def test_counting_working_days_inverts(rule, day):
    limb = rule.latest.limb
    start = day - A_DAY if limb.counting == "INCL" else day
    assert england().working_days_between(start, due(rule, day).last_day) == limb.length.number


@given(RULES, DAYS)
def test_the_stricter_reading_is_never_later_and_never_before_the_event(rule, day):
    found = due(rule, day)
    if found.strict_day is not None:
        assert day <= found.strict_day < found.last_day


@given(RULES, DAYS)
def test_the_explanation_names_the_rule_and_its_version(rule, day):
    found = due(rule, day)
    starts = f"{found.version.day} {found.version:%B %Y}"
    assert f"({rule.id}, version of {starts}" in found.explanation


@given(RULES, DAYS)
def test_an_answer_that_rests_on_computed_holidays_says_so(rule, day):
    found = due(rule, day)
    assert ("rest on computed ones" in found.explanation) == england().rests_on_computed(found.last_day)


@given(RULES, DAYS)
def test_the_same_question_has_the_same_answer(rule, day):
    by_name = due(rule.id, {rule.anchors[0]: day, "some_other_fact": date(1999, 1, 1)})
    assert by_name == due(rule, day)
    assert by_name.steps == due(rule, day).steps


@given(COUNTED_IN_WORKING_DAYS, DAYS)
def test_another_bank_holiday_never_shortens_a_count(rule, day):
    last = due(rule, day).last_day
    struck = england().corrected([Correction(last, True, "Proclaimed while it ran")])
    found = due(rule, day, calendar=struck)
    assert found.last_day > last
    assert "Proclaimed while it ran" in found.explanation


@given(DAYS, st.integers(-60, 60))
def test_months_go_to_the_corresponding_date_or_the_end_of_the_month(day, number):
    moved = add_months(day, number)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == number
    assert moved.day == day.day or (moved.day < day.day and (moved + A_DAY).day == 1)
