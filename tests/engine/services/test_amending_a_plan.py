"""A plan changes by a draft that answers for all that came in, and by nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from engine.errors import BadInput, NotFound, PlanVersionIssued
from engine.services.cases.cases import NewChild
from engine.services.imports.plan_arrivals import PlanFromElsewhere, bring_in
from engine.services.plans import plan_history
from engine.services.plans.plan_editing import edit_draft
from engine.store import tables
from tests.engine.services.planned import (
    act,
    file,
    plan_row,
    require,
    sections,
    versions,
    with_plan,
)
from tests.engine.services.rows import differences, events, rows
from tests.support.desk import CaseDesk, Desk

ADVICE = {"authorName": "Dr Morgan Example", "reportOn": "2026-11-03"}


@pytest.fixture
def planned(desk: Desk) -> CaseDesk:
    """A case with a plan of yesterday."""
    case = with_plan(desk)
    desk.step_to(desk.clock.today() + timedelta(days=1))
    return case


def listed(case: CaseDesk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = act(case, "list_updates")["updates"]
    return found


def answer(document: str, outcome: str = "accepted") -> dict[str, str]:
    return {"document": document, "outcome": outcome, "reason": "It describes the last year."}


def amended(case: CaseDesk, **answers: Any) -> dict[str, Any]:
    """Write amendments, make the draft and issue it."""
    file(case, "amend_plan", **answers)
    act(case, "draft", origin="review")
    return act(case, "amend")


# --- what came in ----------------------------------------------------------------------------


def test_everything_that_came_in_since_the_last_version_is_listed_and_nothing_else(planned: CaseDesk):
    camhs = file(planned, "review_advice", "camhs", **ADVICE)
    family = file(planned, "review_family_views", childViews="I want to bake.")
    file(planned, "icb_agreement", "icb", agreed=True)
    file(planned, "decide_review", decision="amend")
    report = file(planned, "write_review_report", "urn:103001", attendance=94)
    assert [(each["document"], each["source"]) for each in listed(planned)] == [
        (camhs, "camhs"),
        (family, "family"),
        (report, "urn:103001"),
    ]


def test_the_documents_of_the_assessment_are_not_listed_again(planned: CaseDesk):
    assert listed(planned) == []


def test_each_piece_of_information_is_accepted_or_declined_once(planned: CaseDesk):
    first, second = (file(planned, "review_advice", code) for code in ("camhs", "child_health"))
    listed(planned)
    assert set(require(planned, "updates_answered", {})) == {"answers.updates"}
    one = {"updates": [answer(first)]}
    assert f"Document {second}" in require(planned, "updates_answered", one)["answers.updates"]
    both = {"updates": [answer(first), answer(second, "declined")]}
    assert require(planned, "updates_answered", both) == {}
    twice = {"updates": [*both["updates"], answer(first)]}
    assert "twice" in require(planned, "updates_answered", twice)["answers.updates[2].document"]
    strange = {"updates": [*both["updates"], answer("999999")]}
    assert "isn't in the list" in require(planned, "updates_answered", strange)["answers.updates[2].document"]


def test_what_comes_after_the_list_stands_in_the_next_one(planned: CaseDesk):
    first = file(planned, "review_advice", "camhs")
    listed(planned)
    late = file(planned, "review_advice", "child_health")
    given = {"updates": [answer(first)]}
    assert require(planned, "updates_answered", given) == {}
    amended(planned, childViews="I want to bake.", **given)
    assert [each["document"] for each in listed(planned)] == [late]


def test_the_answers_are_kept_with_the_version_and_accepted_advice_stands_in_section_k(planned: CaseDesk):
    taken = file(planned, "review_advice", "camhs", **ADVICE)
    refused = file(planned, "review_advice", "child_health", **ADVICE)
    listed(planned)
    updates = [answer(taken), answer(refused, "declined")]
    amended(planned, updates=updates)
    kept = rows(planned.desk, tables.plan_update, version_key=versions(planned)[-1].key)
    assert [(str(row.document_key), row.accepted) for row in kept] == [(taken, True), (refused, False)]
    advice = {entry["adviser"]: entry for entry in sections(planned, 2)["K"]["advice"]}
    assert advice["camhs"]["author"] == "Dr Morgan Example"
    assert "child_health" not in advice


# --- from year nine --------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "is_missing"), [(6, False), (7, True)])
def test_whoever_amends_is_asked_for_adulthood_a_year_before_it_must_be_there(
    desk: Desk, year: int, is_missing: bool
):
    case = with_plan(desk, year=year)
    desk.step_to(date(2027, 9, 1))
    assert act(case, "list_updates")["adulthoodMissing"] == is_missing


def test_a_plan_of_year_nine_prepares_for_adulthood_with_its_next_amendment(desk: Desk):
    case = with_plan(desk, year=7)
    desk.step_to(date(2028, 9, 1))
    file(case, "amend_plan", childViews="I want to bake.")
    act(case, "draft")
    assert set(require(case, "plan_complete", {})) == {"sections.F"}
    file(case, "amend_plan", childViews="I want to bake.", missingAdulthood="Travel training.")
    act(case, "draft")
    assert require(case, "plan_complete", {}) == {}
    act(case, "amend")
    assert sections(case, 2)["F"]["adulthood"] == "Travel training."
    assert not act(case, "list_updates")["adulthoodMissing"]


# --- plans from elsewhere --------------------------------------------------------------------


def brought_in(desk: Desk, **sections: Any) -> CaseDesk:
    """A plan that another authority made for somebody in year 10."""
    child = NewChild("Ada", "Example", date(2012, 5, 14), 10)
    arriving = PlanFromElsewhere(child, date(2025, 3, 3), setting_urn="103004", sections=sections)
    brought = bring_in(desk.engine, desk.member("caseworker"), arriving)
    return CaseDesk(desk, brought.case_key, "")


def test_who_amends_a_plan_from_elsewhere_is_not_held_to_what_it_left_out(desk: Desk):
    case = brought_in(desk)
    assert not act(case, "list_updates")["adulthoodMissing"]
    file(case, "amend_plan", childViews="I want to bake.")
    act(case, "draft")
    assert require(case, "plan_complete", {}) == {}
    act(case, "amend")
    placed = {"settingType": "academy", "settingUrn": "103004"}
    assert sections(case, 2) == {"A": {"child": "I want to bake."}, "I": placed}


def test_what_an_amendment_itself_leaves_open_is_told_of_a_plan_from_elsewhere_too(desk: Desk):
    case = brought_in(desk, F={"provision": [{"what": "Reading."}]}, B={"needs": [{"need": "Reads late."}]})
    assert act(case, "list_updates")["adulthoodMissing"]
    file(case, "amend_plan", needs=[{"need": "Reads late."}, {"need": "Tires."}])
    act(case, "draft")
    told = require(case, "plan_complete", {})
    assert set(told) == {"sections.F"}
    assert "year 9" in told["sections.F"]


# --- drafts ----------------------------------------------------------------------------------


def test_an_amended_version_changes_what_was_amended_and_leaves_the_first_as_it_was(planned: CaseDesk):
    before = sections(planned)
    assert amended(planned, childViews="I want to bake.")["version"] == 2
    assert sections(planned) == before
    assert sections(planned, 2) == {**before, "A": {**before["A"], "child": "I want to bake."}}
    assert plan_row(planned).version == 2
    assert [(row.number, row.state) for row in versions(planned)] == [(1, "issued"), (2, "issued")]
    assert len(events(planned, "plan:issued")) == 2
    assert differences(planned.desk) == []


def test_a_draft_that_is_written_anew_stays_the_same_version(planned: CaseDesk):
    for words in ("I want to bake.", "I want to build."):
        file(planned, "amend_plan", childViews=words)
        assert act(planned, "draft")["version"] == 2
    assert sections(planned, 2)["A"]["child"] == "I want to build."
    assert len(versions(planned)) == 2


def test_a_draft_that_is_given_up_leaves_the_plan_and_its_number_is_not_used_again(planned: CaseDesk):
    file(planned, "amend_plan", childViews="I want to bake.")
    act(planned, "draft")
    assert act(planned, "discard")["version"] == 1
    assert amended(planned, childViews="I want to build.")["version"] == 3
    assert [row.state for row in versions(planned)] == ["issued", "discarded", "issued"]
    assert differences(planned.desk) == []


def test_without_a_draft_there_is_nothing_to_sign_or_issue(planned: CaseDesk):
    assert set(require(planned, "plan_complete", {})) == {"sections"}
    with pytest.raises(LookupError, match="no draft version"):
        act(planned, "amend")


def test_a_changed_section_g_waits_for_health_again(planned: CaseDesk):
    file(planned, "amend_plan", healthProvision=[{"what": "Weekly physiotherapy."}])
    act(planned, "draft")
    assert set(require(planned, "plan_complete", {})) == {"sections.G"}
    with pytest.raises(ValueError, match="isn't complete"):
        act(planned, "amend")
    file(planned, "icb_agreement", "icb", agreed=True, agreedBy="DCO", agreedOn="2026-11-03")
    assert require(planned, "plan_complete", {}) == {}
    act(planned, "amend")
    assert sections(planned, 2)["G"]["agreedOn"] == "2026-11-03"


def test_the_setting_that_the_decision_names_becomes_the_plans(planned: CaseDesk):
    file(planned, "amend_plan", history="Moved house.")
    act(planned, "draft", origin="phase_transfer")
    decision = {"settingType": "mainstream_school", "namedSettingUrn": "103004"}
    file(planned, "decide_amendment", amend=True, changeSetting=True, **decision)
    assert act(planned, "amend")["settingUrn"] == "103004"
    row = plan_row(planned)
    assert (row.setting_urn, row.setting_type) == ("103004", "academy")
    amended(planned, history="Moved again.")  # last time's decision isn't taken once more
    assert plan_row(planned).setting_urn == "103004"


def test_a_plan_from_elsewhere_keeps_its_setting_when_it_is_amended(desk: Desk):
    case = brought_in(desk)
    assert sections(case, 1)["I"] == {"settingType": "academy", "settingUrn": "103004"}
    amended(case, childViews="I want to bake.", missingAdulthood="Travel training.")
    row = plan_row(case)
    assert (row.version, row.setting_urn, row.setting_type) == (2, "103004", "academy")


def test_section_i_of_a_plan_from_elsewhere_names_no_other_setting(desk: Desk):
    with pytest.raises(BadInput) as refused:
        brought_in(desk, I={"settingUrn": "103001"})
    assert [each.field for each in refused.value.problems] == ["sections.I.settingUrn"]


def test_what_came_of_one_amendment_is_not_read_in_the_next(planned: CaseDesk):
    amended(planned, childViews="I want to bake.")
    file(planned, "amend_plan", history="Moved house.")
    act(planned, "draft")
    assert sections(planned, 3)["A"]["child"] == "I want to bake."
    assert sections(planned, 3)["A"]["history"] == "Moved house."


# --- the end ---------------------------------------------------------------------------------


def test_a_plan_that_is_to_cease_is_in_force_until_it_has(planned: CaseDesk):
    act(planned, "ceasing")
    assert plan_row(planned).status == "ceasing"
    act(planned, "keep")
    assert plan_row(planned).status == "live"
    act(planned, "ceasing")
    act(planned, "cease")
    row = plan_row(planned)
    assert (row.status, row.ceased_on, row.next_review_by) == ("ceased", planned.desk.clock.today(), None)
    assert planned.deadline("s44_first_review").status == "superseded"
    for action in ("keep", "ceasing"):
        with pytest.raises(ValueError, match="ceased"):
            act(planned, action)


def test_a_plan_that_ceases_takes_its_draft_with_it(planned: CaseDesk):
    file(planned, "amend_plan", childViews="I want to bake.")
    act(planned, "draft")
    act(planned, "cease")
    assert versions(planned)[-1].state == "discarded"


# --- editing ---------------------------------------------------------------------------------


def edit(case: CaseDesk, number: int, role: str = "caseworker", **sections: Any) -> Any:
    desk = case.desk
    key = str(plan_row(case).key)
    return edit_draft(desk.engine, desk.member(role), key, str(number), sections)


def test_a_draft_is_edited_section_by_section(planned: CaseDesk):
    file(planned, "amend_plan", childViews="I want to bake.")
    act(planned, "draft")
    edited = edit(planned, 2, A={"child": "I want to swim.", "parents": "Yes."}, H2=None, D={"none": True})
    assert edited.sections["A"] == {"child": "I want to swim.", "parents": "Yes."}
    assert "H2" not in edited.sections
    assert edited.sections["B"] == sections(planned)["B"]
    assert events(planned, "plan:edited")[0]["details"]["sections"] == "A, D, H2"
    assert "swim" not in str(events(planned, "plan:edited"))


@pytest.mark.parametrize("discarded", [False, True])
def test_a_version_that_was_issued_or_given_up_is_never_edited(planned: CaseDesk, discarded: bool):
    if discarded:
        act(planned, "draft")
        act(planned, "discard")
    before = [row.digest for row in versions(planned)]
    with pytest.raises(PlanVersionIssued, match="regulations 22 and 28"):
        edit(planned, len(before), A={"child": "Other words."})
    assert [row.digest for row in versions(planned)] == before


def test_sections_that_are_none_are_refused_by_name(planned: CaseDesk):
    act(planned, "draft")
    with pytest.raises(BadInput) as told:
        edit(planned, 2, L={"x": 1}, A={"child": 7})
    assert {problem.field for problem in told.value.problems} == {"sections.L", "sections.A.child"}
    with pytest.raises(NotFound):
        edit(planned, 9, A={"child": "x"})


def test_two_versions_are_compared_section_by_section(planned: CaseDesk):
    amended(planned, childViews="I want to bake.")
    desk, key = planned.desk, str(plan_row(planned).key)
    found = plan_history.compare_versions(desk.engine, desk.member("caseworker"), key, "2")
    changed = {each.section: each.change for each in found.sections if each.change != "same"}
    assert (found.before, found.after, changed) == (1, 2, {"A": "changed"})
    first = plan_history.compare_versions(desk.engine, desk.member("caseworker"), key, "1")
    assert first.before is None
    assert {each.change for each in first.sections} == {"added"}
