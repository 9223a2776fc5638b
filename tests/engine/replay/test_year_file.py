"""The shipped year says what a local area's own report says, and is what the generator makes."""

from __future__ import annotations

from collections import Counter

import pytest
from lxml import etree

from engine.replay import read_recording
from engine.replay.recording import RecordedPlan, RecordedRequest
from examples.behaviour import QUARTER_ENDS
from examples.generate import year as generated
from tests.support.recordings import TRAITS, YEAR, RecordedAdvice, advice_of, plans_of_the_year, year
from tests.support.sources import ROOT

REQUESTS, PLANS = 352, 60
#: Share of advice on time in percent: agency, quarter of the year (0 to 3), share.
OF_THE_REPORT = [
    ("camhs", 2, 34),
    ("camhs", 3, 81),
    ("therapies", 0, 80),
    ("therapies", 1, 80),
    ("therapies", 2, 80),
    ("therapies", 3, 80),
    ("medical", 2, 80),
    ("medical", 3, 63),
]


def quarter_of(day: int) -> int:
    return next(number for number, end in enumerate(QUARTER_ENDS) if day <= end)


def due_in(code: str, quarter: int) -> list[RecordedAdvice]:
    everything = (advice for line in year()[1] for advice in advice_of(line))
    return [
        each for each in everything if each.code == code and each.due <= 0 and quarter_of(each.due) == quarter
    ]


@pytest.mark.parametrize(("code", "quarter", "percent"), OF_THE_REPORT)
def test_advice_comes_as_in_the_report(code, quarter, percent):
    due = due_in(code, quarter)
    assert round(100 * sum(each.is_on_time for each in due) / len(due)) == percent


@pytest.mark.parametrize("quarter", [0, 1])
def test_camhs_lies_in_between_before(quarter):
    due = due_in("camhs", quarter)
    assert 0.34 < sum(each.is_on_time for each in due) / len(due) < 0.81


def test_weekends_and_bank_holidays_change_no_figure():
    """They carry work on by up to five days: never over a limit, nor over the end of a quarter."""
    for line in year()[1]:
        for advice in advice_of(line):
            assert not 0 < advice.given - advice.due <= 5
            assert not 0 <= advice.due - advice.given < 5
            assert not any(end - 5 <= advice.due <= end for end in QUARTER_ENDS)


def test_it_has_a_year_of_requests():
    recording = read_recording(YEAR)
    days = [line.case.received.day for line in recording.lines if isinstance(line.case, RecordedRequest)]
    assert (len(days), recording.days) == (REQUESTS, 365)
    assert days == sorted(days)
    assert (min(days), max(days)) == (-364, -2)


def test_it_brings_in_plans_on_its_first_day():
    plans = [line.case for line in read_recording(YEAR).lines if isinstance(line.case, RecordedPlan)]
    assert len(plans) == PLANS
    assert {plan.received.day for plan in plans} == {-364}
    assert any(plan.child.national_curriculum_year < 0 for plan in plans)
    assert any(plan.plan.looked_after for plan in plans)


def test_a_fifth_is_refused():
    refused = sum(TRAITS["refused"](line) for line in year()[1])
    assert 0.18 < refused / REQUESTS < 0.22


@pytest.mark.parametrize("trait", TRAITS)
def test_every_trait_is_there(trait):
    assert sum(TRAITS[trait](line) for line in year()[1]) >= 2


def test_nobody_is_there_twice():
    children = [line["child"] for line in year()[1]]
    for name in ("upn", "nhsNumber"):
        assert Counter(child[name] for child in children).most_common(1)[0][1] == 1
    assert {child["nhsNumber"][:3] for child in children} == {"999"}


def test_lateness_has_reasons():
    obstacles = {
        step["answers"]["obstacle"]
        for line in year()[1]
        for task, steps in line["work"].items()
        if task.startswith("acknowledge_request:")
        for step in steps
    }
    assert {"missed_appointment", "maternity", "capacity"} <= obstacles


def test_the_generator_makes_it_again():
    assert generated() == [year()[0], *plans_of_the_year(), *year()[1]]


def test_its_settings_are_the_authoritys():
    authority = (ROOT / "examples" / "authority.yaml").read_text(encoding="utf-8")
    urns = {line["settingUrn"] for line in year()[1] if "settingUrn" in line}
    assert len(urns) > 10
    assert [urn for urn in urns if f'"urn:{urn}"' not in authority] == []


def test_every_task_that_it_names_is_drawn_in_our_diagrams():
    """A task that was renamed in a diagram would stop `make run` at the first line."""
    drawn = {
        task.get("id")
        for diagram in (ROOT / "bpmn").glob("*.bpmn")
        for task in etree.parse(diagram).iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}userTask")
    }
    head, requests = year()
    worked_on = {name for line in (*requests, *plans_of_the_year()) for name in line["work"]}
    named = {name.partition(":")[0] for name in {*head["usual"], *worked_on}}
    assert len(named) > 20
    assert named <= drawn
