"""What holds for every rule of the file: sources, both sides of each last day, both sides of each version."""

import re
from datetime import date, timedelta

import pytest

from engine.clock import day_of
from engine.law import NoSuchLaw, NotComputable, due, statute
from engine.law.counting import last_day

RULES = [pytest.param(rule, id=rule.id) for rule in statute()]
COMPUTABLE = [pytest.param(rule, id=rule.id) for rule in statute() if rule.is_computable]
UNTIMED = [pytest.param(rule, id=rule.id) for rule in statute() if not rule.is_computable]
DAYS = [
    date(2026, 10, 24),  # the clocks go back on the next day
    date(2026, 11, 2),
    date(2026, 12, 24),
    date(2027, 3, 27),  # the clocks go forward on the next day
    date(2027, 5, 31),  # a bank holiday at the end of a long month
    date(2028, 2, 29),
    date(2032, 7, 30),  # beyond the published bank holidays, a day before the tribunal's August
]
A_DAY = timedelta(days=1)
A_MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize("rule", COMPUTABLE)
def test_the_last_day_is_kept_and_the_next_is_broken(rule):
    for found in (due(rule, day) for day in DAYS):
        assert day_of(found.broken_at - A_MOMENT) == found.last_day
        assert day_of(found.broken_at) == found.last_day + A_DAY


@pytest.mark.parametrize("rule", COMPUTABLE)
def test_the_safe_day_is_the_last_working_day_that_keeps_the_limit(rule):
    for found in (due(rule, day) for day in DAYS):
        assert found.safe_day <= found.last_day
        assert found.calendar.is_working_day(found.safe_day)
        assert found.calendar.working_days_between(found.safe_day, found.last_day) == 0


@pytest.mark.parametrize("rule", COMPUTABLE)
def test_one_unit_more_or_less_is_another_day(rule):
    limb = rule.latest.limb
    number = limb.length.number
    if number is None:
        assert limb.length.unit in {"date", "immediate"}
        return
    calendar = due(rule, DAYS[1]).calendar
    days = [last_day(limb, DAYS[1], calendar, number + more) for more in (0, 1)]
    assert days[0] != days[1]
    assert (days[0] > days[1]) == (limb.counting == "BACK")


@pytest.mark.parametrize("rule", COMPUTABLE)
def test_the_explanation_names_the_rule_its_version_its_source_and_its_day(rule):
    found = due(rule, DAYS[1])
    assert rule.id in found.explanation
    assert found.citation in found.explanation
    starts = found.version
    assert f"version of {starts.day} {starts:%B %Y}" in found.explanation
    assert f"{found.last_day.day} {found.last_day:%B %Y}" in found.explanation
    assert "2 November 2026" in found.steps[0]


@pytest.mark.parametrize("rule", COMPUTABLE)
def test_every_sentence_ends(rule):
    for sentence in (each for day in DAYS for each in (*due(rule, day).steps, *due(rule, day).notes)):
        assert re.fullmatch(r"[A-Z0-9].*\.", sentence), sentence
        assert "None" not in sentence
        assert "  " not in sentence


@pytest.mark.parametrize("rule", UNTIMED)
def test_what_has_no_length_says_why(rule):
    with pytest.raises(NotComputable, match=rf"{rule.id} has no last day that can be worked out: \w+"):
        due(rule, DAYS[1])


@pytest.mark.parametrize("rule", COMPUTABLE)
def test_before_the_first_version_there_is_no_answer(rule):
    first = rule.versions[0][0]
    assert due(rule, first).version == first
    with pytest.raises(NoSuchLaw, match=f"{rule.id} was not law on {first - A_DAY}"):
        due(rule, first - A_DAY)


@pytest.mark.parametrize("rule", RULES)
def test_every_version_cites_its_source(rule):
    for version in rule.known:
        assert len(version.cite) > 10
        assert version.checked_on >= date(2026, 11, 23)
        assert version.href or version.kind in {"good_practice", "tribunal_practice"}
        if version.href:
            assert re.fullmatch(
                r"https://(www\.legislation\.gov\.uk|www\.gov\.uk|caselaw\.nationalarchives\.gov\.uk)/\S+",
                version.href,
            )


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_who_owes_what(rule):
    assert re.fullmatch(r"[a-z][a-zA-Z0-9_]+", rule.id)
    assert rule.duty.endswith(".")
    assert not rule.title.endswith(".")
    assert rule.owed_by
    assert rule.ours == (rule.group == "Z")


@pytest.mark.parametrize("rule", RULES)
def test_only_what_has_a_length_is_on_time_or_late(rule):
    if rule.nature == "deadline":
        assert rule.is_computable
    if not rule.is_computable:
        assert rule.nature in {"duty", "window"}


@pytest.mark.parametrize("rule", RULES)
def test_start_days_from_memory_are_marked(rule):
    known = {date(2015, 3, 23): {"read", "inferred"}, date(2018, 4, 3): {"read"}, date(2022, 3, 8): {"read"}}
    for version in rule.known:
        expected = {"chosen"} if rule.ours else known.get(version.starts, {"memory"})
        assert version.start_confidence in expected


def test_the_file_holds_every_rule():
    groups = [rule.group for rule in statute()]
    counts = {group: groups.count(group) for group in dict.fromkeys(groups)}
    assert counts == {
        "A": 8, "B": 5, "C": 10, "D": 8, "E": 19, "F": 4, "G": 2, "H": 6,
        "I": 17, "J": 21, "K": 7, "L": 9, "M": 3, "Z": 16,
    }  # fmt: skip
    assert list(counts) == list(statute().groups)


def test_only_what_is_filed_with_the_tribunal_rolls():
    rolling = [rule.id for rule in statute() if rule.latest.roll]
    assert rolling == [
        "ftt_r20_appeal_2m",
        "ftt_r20_appeal_1m",
        "ftt_la_response_30wd",
        "ftt_ut_permission_28d",
    ]
