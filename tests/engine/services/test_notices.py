"""Letters: to whom they go, on which day they count as served, and what they may not be without."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import html
from sqlalchemy import delete

from engine.errors import BadInput, Conflict, NotFound, StepIncident
from engine.services.families import families
from engine.services.families.families import NewMember
from engine.services.notices import contacts, deliveries
from engine.services.sweep import next_due, sweep
from engine.services.views import FamilyView, NoticeView
from engine.store import tables
from tests.engine.services.rows import count, differences, events, rows
from tests.support.desk import MONDAY, CaseDesk, Desk, opened_desk

DAY = timedelta(days=1)
BACKGROUND = ("family_views_request", "early_information", "acknowledge_request")
REFUSE = {
    "assess": False,
    "reasons": "We looked at the school's records.\nThe test isn't met.",
    "otherSupport": "Small groups for reading.",
    "panelAdvised": True,
    "panelAdvice": "The panel said something private.",
}
ADDRESS = "1 Sample Street\nSampleton"


def refused(case: CaseDesk, **changes: Any) -> NoticeView:
    case.until("decide_assess", but=BACKGROUND)
    case.complete("decide_assess", **{**REFUSE, **changes})
    return newest(case, "refusal_to_assess")


def planned(case: CaseDesk) -> NoticeView:
    """A case taken to its final plan on one day."""
    case.until("decide_setting", but=BACKGROUND, family_response={"nothingMore": True})
    case.finish(but=BACKGROUND)
    return newest(case, "final_plan")


def newest(case: CaseDesk, kind: str) -> NoticeView:
    page = deliveries.list_notices(case.desk.engine, officer(case), case.key)
    return next(notice for notice in page.items if notice.kind == kind)


def officer(case: CaseDesk) -> Any:
    return case.desk.member("caseworker")


def letter(case: CaseDesk, notice: NoticeView) -> Any:
    content = deliveries.read_content(case.desk.engine, officer(case), case.key, notice.key)
    assert hashlib.sha256(content.encode()).hexdigest() == notice.digest
    return html.document_fromstring(content)


def family(case: CaseDesk) -> FamilyView:
    return families.get_family(case.desk.engine, officer(case), case.key)


def record(case: CaseDesk, name: str = "Alex Example", **values: Any) -> str:
    """Record a parent who is served by post; gives the key."""
    given = {"relation": "parent", "parental_responsibility": True, "address": ADDRESS, **values}
    view = families.record_member(case.desk.engine, officer(case), case.key, NewMember(name, **given))
    return view.members[-1].key


def change(case: CaseDesk, member: str, **changes: Any) -> FamilyView:
    return families.change_member(
        case.desk.engine, officer(case), case.key, member, changes, "Order of the family court."
    )


def anchors(case: CaseDesk) -> dict[str, date]:
    return {row.name: row.falls_on for row in rows(case.desk, tables.anchor, case_key=int(case.key))}


# --- what a letter says --------------------------------------------------------------------------


def test_a_refusal_gives_its_reasons_and_every_part_of_the_pack(either_case: CaseDesk) -> None:
    notice = refused(either_case)
    text = letter(either_case, notice).text_content()
    assert (notice.appealable, notice.rights_holder) == (True, "parent")
    for words in ("The test isn't met.", "Small groups for reading.", "51(2)(a)", "Sandwell SENDIASS"):
        assert words in text
    assert "private" not in text
    assert "2 January 2027" in text
    assert "The parents of Ada Example" in text


def test_the_family_hears_by_when_the_case_must_be_decided(case: CaseDesk) -> None:
    case.complete("register_request")
    text = letter(case, newest(case, "family_consultation")).text_content()
    assert "We must decide by 14 December 2026" in text
    text = letter(case, refused(case)).text_content()
    assert "2 months from the day we sent this letter, or within 1 month of the date on your" in text


def test_a_letter_names_the_child_and_nobody_else_of_the_family(case: CaseDesk) -> None:
    record(case, "Alex Elsewhere")
    text = letter(case, refused(case)).text_content()
    assert "Elsewhere" not in text
    assert "Sample Street" not in text
    assert "Sam Example" not in text


def test_the_last_day_to_appeal_is_the_laws_own(case: CaseDesk) -> None:
    notice = refused(case)
    window = case.deadline("ftt_r20_appeal_2m")
    assert window.anchored_on == notice.sent_on == MONDAY
    assert window.due_on is not None
    assert f"{window.due_on.day} January 2027" in letter(case, notice).text_content()


def test_neither_audit_nor_outbox_nor_state_holds_a_word_of_it(case: CaseDesk) -> None:
    refused(case)
    stored = [
        *(row.body for row in rows(case.desk, tables.audit_event)),
        *(row.body + row.subject for row in rows(case.desk, tables.outbox)),
        *(row.state for row in rows(case.desk, tables.instance)),
    ]
    for words in ("Ada", "The test isn't met", "Small groups", "Sam Example"):
        assert [text for text in stored if words in text] == []


def test_an_authority_without_a_contact_sends_nothing_until_it_has_said_it(case: CaseDesk) -> None:
    with case.desk.engine.database.write() as connection:
        connection.execute(
            delete(tables.authority_contact).where(tables.authority_contact.c.code == "tribunal")
        )
    with pytest.raises(StepIncident, match=r"tribunal.*PUT /contacts"):
        refused(case)
    assert case.status == "considering"
    assert count(case.desk, tables.notice, kind="refusal_to_assess") == 0
    assert events(case, "notice:sent")[-1]["details"]["notice"] == "family_consultation"

    administrator = case.desk.member("administrator")
    contacts.change_contacts(case.desk.engine, administrator, {"tribunal": "Ours\n01632 960105"})
    assert "01632 960105" in letter(case, refused(case)).text_content()


def test_a_contact_that_no_letter_names_is_refused(desk: Desk) -> None:
    with pytest.raises(BadInput) as problem:
        contacts.change_contacts(desk.engine, desk.member("administrator"), {"sendias": "x"})
    assert [found.field for found in problem.value.problems] == ["contacts.sendias"]


# --- served -------------------------------------------------------------------------------------


def test_who_agreed_is_served_the_day_it_is_sent(case: CaseDesk) -> None:
    case.until("family_response", but=BACKGROUND)
    draft = newest(case, "draft_plan")
    assert (draft.made_on, draft.sent_on, draft.served_on, draft.received_on) == (
        MONDAY,
        MONDAY,
        MONDAY,
        None,
    )
    assert [copy.channel for copy in draft.deliveries] == ["portal"]
    assert "16 November 2026" in letter(case, draft).text_content()


@pytest.mark.parametrize("role", ["school", "other"])
def test_a_family_of_which_nobody_is_recorded_is_served_by_post(desk: Desk, role: str) -> None:
    case = desk.request(role=role)
    case.until("family_response", but=BACKGROUND)
    draft, found = newest(case, "draft_plan"), anchors(case)
    assert (draft.sent_on, draft.served_on) == (MONDAY, MONDAY + 2 * DAY)
    assert (found["draft_sent_on"], found["draft_served_on"]) == (MONDAY, MONDAY + 2 * DAY)
    assert case.deadline("reg13_1_parent_15d").due_on == MONDAY + 16 * DAY
    assert case.deadline("draft_plan_backstop").met_on == MONDAY
    assert "18 November 2026" in letter(case, draft).text_content()


def test_of_several_the_one_who_is_served_last_sets_everybodys_time(case: CaseDesk) -> None:
    other = record(case)
    case.until("family_response", but=BACKGROUND)
    draft = newest(case, "draft_plan")
    assert [(copy.family_member_key, copy.channel, copy.served_on) for copy in draft.deliveries] == [
        (family(case).members[0].key, "portal", MONDAY),
        (other, "post", MONDAY + 2 * DAY),
    ]
    assert draft.served_on == MONDAY + 2 * DAY
    assert case.deadline("reg13_1_parent_15d").due_on == MONDAY + 16 * DAY


def test_the_time_to_appeal_runs_from_sending_whatever_the_post_does(desk: Desk) -> None:
    case = desk.request(role="school")
    notice = refused(case)
    assert notice.served_on == MONDAY + 2 * DAY
    assert case.deadline("ftt_r20_appeal_2m").anchored_on == MONDAY


def test_agreement_that_comes_later_doesnt_count_yet(case: CaseDesk) -> None:
    with pytest.raises(BadInput, match="can't be recorded so"):
        record(case, channel="portal", electronic_agreed_on=MONDAY + DAY)


# --- to whom ------------------------------------------------------------------------------------


def test_every_copy_has_its_recipient(case: CaseDesk) -> None:
    notice = refused(case)
    assert [(copy.recipient, copy.organisation) for copy in notice.deliveries] == [
        ("family", None),
        ("setting", "urn:103001"),
        ("icb", "icb"),
        ("social_care", "social_care"),
    ]
    final = rows(case.desk, tables.document, kind="notice")[-1]
    assert final.audience == ["family", "icb", "send_team", "social_care", "urn:103001"]


def test_a_final_plan_goes_to_the_setting_it_names(case: CaseDesk) -> None:
    notice = planned(case)
    assert [copy.organisation for copy in notice.deliveries] == [None, "urn:123456", "icb", "social_care"]


def test_somebody_without_parental_responsibility_isnt_told(case: CaseDesk) -> None:
    record(case, relation="other", parental_responsibility=False)
    assert len([copy for copy in refused(case).deliveries if copy.recipient == "family"]) == 1


def test_somebody_who_no_longer_belongs_to_the_family_isnt_told(case: CaseDesk) -> None:
    other = record(case)
    change(case, other, ended_on=MONDAY)
    assert [member.holds_rights for member in family(case).members] == [True, False]
    assert len([copy for copy in refused(case).deliveries if copy.recipient == "family"]) == 1


def test_nobody_on_the_block_list_is_addressed(case: CaseDesk) -> None:
    other = record(case)
    change(case, other, blocked=True)
    copies = [copy for copy in refused(case).deliveries if copy.recipient == "family"]
    assert [copy.family_member_key for copy in copies] == [family(case).members[0].key]


def test_a_notice_that_nobody_may_be_served_isnt_sent_and_says_why(either_case: CaseDesk) -> None:
    case = either_case
    case.until("decide_assess", but=BACKGROUND)
    change(case, family(case).members[0].key, blocked=True)
    before = count(case.desk, tables.outbox)
    with pytest.raises(StepIncident, match="block list") as problem:
        case.complete("decide_assess", **REFUSE)
    assert "Ada" not in str(problem.value)
    assert count(case.desk, tables.notice, kind="refusal_to_assess") == 0
    assert count(case.desk, tables.outbox) == before
    assert "decide_assess" in case.waiting()

    record(case)
    assert [copy.channel for copy in refused(case).deliveries][:1] == ["post"]


def test_the_parents_arent_addressed_together_while_one_of_them_is_blocked(case: CaseDesk) -> None:
    first = family(case).members[0].key
    case.until("decide_assess", but=BACKGROUND)
    change(case, first, parental_responsibility=False)
    assert not family(case).members[0].holds_rights
    change(case, first, blocked=True)
    with pytest.raises(StepIncident, match="could reach them"):
        case.complete("decide_assess", **REFUSE)
    other = record(case)
    case.complete("decide_assess", **REFUSE)
    sent = deliveries.list_notices(case.desk.engine, officer(case), case.key).items[0]
    assert [copy.family_member_key for copy in sent.deliveries if copy.recipient == "family"] == [other]


def test_a_copy_for_somebody_on_the_block_list_is_refused(case: CaseDesk) -> None:
    notice, other = refused(case), record(case)
    change(case, other, blocked=True)
    with pytest.raises(BadInput) as problem:
        copy_to(case, notice, other)
    assert "block list" in problem.value.problems[0].message
    change(case, other, blocked=False)
    copies = copy_to(case, notice, other).deliveries
    assert [(copies[-1].family_member_key, copies[-1].channel)] == [(other, "post")]
    with pytest.raises(Conflict):
        copy_to(case, notice, other)


def copy_to(case: CaseDesk, notice: NoticeView, member: str) -> NoticeView:
    return deliveries.send_copy(case.desk.engine, officer(case), case.key, notice.key, member)


def test_a_further_copy_leaves_the_dates_of_the_notice_alone(case: CaseDesk) -> None:
    notice, other = refused(case), record(case)
    case.step(days=3)
    after = copy_to(case, notice, other)
    assert (after.sent_on, after.served_on) == (notice.sent_on, notice.served_on)
    assert after.deliveries[-1].sent_on == MONDAY + 3 * DAY
    assert case.deadline("ftt_r20_appeal_2m").anchored_on == MONDAY


def test_the_block_and_its_reason_are_for_the_send_team_alone(case: CaseDesk) -> None:
    change(case, family(case).members[0].key, blocked=True)
    with pytest.raises(NotFound):
        families.get_family(case.desk.engine, manager_elsewhere(case), case.key)
    (reason,) = rows(case.desk, tables.document, kind="reason")
    assert reason.audience == ["send_team"]
    assert "family court" in reason.content
    assert "family court" not in "".join(row.body for row in rows(case.desk, tables.audit_event))


def manager_elsewhere(case: CaseDesk) -> Any:
    """Somebody with a role that may know families, in an agency."""
    from dataclasses import replace

    return replace(case.desk.member("caseworker"), organisation="camhs")


# --- the rights holder --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "holder"), [(date(2027, 6, 25), "parent"), (date(2027, 6, 26), "young_person")]
)
def test_rights_pass_with_the_last_friday_in_june(sqlite_url: str, on: date, holder: str) -> None:
    with opened_desk(sqlite_url, on=date(2027, 6, 1)) as desk:
        case = desk.request(born=date(2010, 9, 1), year=11)
        case.until("decide_assess", but=BACKGROUND)
        assert newest(case, "family_consultation").rights_holder == "parent"
        desk.step_to(on)
        notice = refused(case)
        assert notice.rights_holder == holder
        text = letter(case, notice).text_content()
        assert ("assessment of your education" in text) == (holder == "young_person")
        assert notice.deliveries[0].family_member_key == (
            family(case).members[0].key if holder == "parent" else None
        )
        assert notice.deliveries[0].channel == ("portal" if holder == "parent" else "post")


def test_a_young_person_who_asks_is_told_themselves(desk: Desk) -> None:
    case = desk.request(role="young_person", born=date(2008, 3, 1), year=13)
    notice = refused(case)
    assert notice.rights_holder == "young_person"
    assert notice.deliveries[0].family_member_key == family(case).members[0].key


def test_whoever_acts_is_told_for_a_young_person_who_lacks_capacity(desk: Desk) -> None:
    case = desk.request(role="young_person", born=date(2008, 3, 1), year=13)
    deputy = record(case, relation="deputy", parental_responsibility=False, alternative=True)
    lacking = families.record_capacity(desk.engine, officer(case), case.key, MONDAY, "Assessed today.")
    assert (lacking.rights_holder, lacking.lacks_capacity_since) == ("alternative_person", MONDAY)
    notice = refused(case)
    assert notice.rights_holder == "alternative_person"
    assert notice.deliveries[0].family_member_key == deputy
    assert "Whoever acts for Ada Example" in letter(case, notice).text_content()


def test_where_nobody_is_named_to_act_the_parents_do(desk: Desk) -> None:
    case = desk.request(role="young_person", born=date(2008, 3, 1), year=13)
    parent = record(case)
    families.record_capacity(desk.engine, officer(case), case.key, MONDAY, "Assessed today.")
    assert refused(case).deliveries[0].family_member_key == parent


@pytest.mark.parametrize("since", [MONDAY + DAY, date(2017, 5, 13)], ids=str)
def test_capacity_is_lacking_since_a_day_of_the_life_so_far(case: CaseDesk, since: date) -> None:
    with pytest.raises(BadInput) as problem:
        families.record_capacity(case.desk.engine, officer(case), case.key, since, "Assessed.")
    assert problem.value.problems[0].field == "lacksCapacitySince"


# --- delivery -----------------------------------------------------------------------------------


def arrived(case: CaseDesk, notice: NoticeView, copy: int, state: str, on: date) -> NoticeView:
    key = notice.deliveries[copy].key
    return deliveries.record_delivery(case.desk.engine, officer(case), case.key, notice.key, key, state, on)


def test_the_day_a_copy_arrived_is_a_fact_of_its_own(case: CaseDesk) -> None:
    notice = refused(case)
    case.step(days=2)
    after = arrived(case, notice, 0, "delivered", MONDAY + DAY)
    assert (after.deliveries[0].state, after.deliveries[0].delivered_on) == ("delivered", MONDAY + DAY)
    assert (after.sent_on, after.served_on, after.received_on) == (MONDAY, MONDAY, MONDAY + DAY)
    assert arrived(case, notice, 1, "delivered", MONDAY + 2 * DAY).received_on == MONDAY + DAY
    with pytest.raises(Conflict):
        arrived(case, notice, 0, "failed", MONDAY + 2 * DAY)


@pytest.mark.parametrize("on", [MONDAY - DAY, MONDAY + DAY], ids=str)
def test_a_copy_arrives_between_its_sending_and_today(case: CaseDesk, on: date) -> None:
    notice = refused(case)
    with pytest.raises(BadInput) as problem:
        arrived(case, notice, 0, "delivered", on)
    assert problem.value.problems[0].field == "on"


def test_final_copies_not_known_to_have_arrived_are_chased_once(either_case: CaseDesk) -> None:
    case = either_case
    notice = planned(case)
    case.step(days=1)
    arrived(case, notice, 0, "delivered", MONDAY + DAY)
    arrived(case, notice, 2, "failed", MONDAY + DAY)
    case.desk.step_to(MONDAY + 10 * DAY, 23, 59)
    assert chases(case) == []
    case.desk.step_to(MONDAY + 11 * DAY)
    assert chases(case) == ["social_care", "urn:123456"]
    states = [copy.state for copy in newest(case, "final_plan").deliveries]
    assert states == ["delivered", "chased", "failed", "chased"]
    case.desk.step_to(MONDAY + 60 * DAY)
    assert len(chases(case)) == 2
    assert len(events(case, "delivery:chased")) == 2
    assert differences(case.desk) == []


def chases(case: CaseDesk) -> list[str]:
    found = rows(case.desk, tables.outbox, case_key=int(case.key))
    return sorted(row.recipient for row in found if row.reference.startswith("delivery_chase:"))


def test_a_chase_wakes_the_scheduler_by_itself(case: CaseDesk) -> None:
    planned(case)
    for table in (tables.timer, tables.deadline):
        with case.desk.engine.database.write() as connection:
            if table is tables.deadline:
                connection.execute(table.update().values(alert_at=None))
            else:
                connection.execute(table.delete())
    due = next_due(case.desk.engine)
    assert due is not None
    assert due.date() == MONDAY + 11 * DAY
    case.desk.clock.advance_to(due)
    assert sweep(case.desk.engine) == 1
    assert next_due(case.desk.engine) is None


def test_decisions_are_tracked_but_only_final_copies_are_chased(case: CaseDesk) -> None:
    refused(case)
    case.desk.step_to(MONDAY + 30 * DAY)
    assert chases(case) == []


# --- sight --------------------------------------------------------------------------------------


def test_an_agency_sees_the_notices_that_went_to_it_and_its_own_copy(case: CaseDesk) -> None:
    case.until("give_advice", but=BACKGROUND)
    care = case.desk.member("professional", "social_care")
    seen = deliveries.list_notices(case.desk.engine, care, case.key).items
    assert [(each.kind, [copy.organisation for copy in each.deliveries]) for each in seen] == [
        ("decision_to_assess", ["social_care"])
    ]
    consultation = newest(case, "family_consultation")
    with pytest.raises(NotFound):
        deliveries.read_content(case.desk.engine, care, case.key, consultation.key)


def test_that_a_letter_was_read_stands_in_the_history(case: CaseDesk) -> None:
    notice = refused(case)
    letter(case, notice)
    assert events(case, "letter:read")[-1]["details"] == {"notice": int(notice.key)}


def test_notices_come_page_by_page_newest_first(case: CaseDesk) -> None:
    planned(case)
    kinds, cursor = [], None
    while True:
        page = deliveries.list_notices(case.desk.engine, officer(case), case.key, 1, cursor)
        kinds += [notice.kind for notice in page.items]
        cursor = page.page.end_cursor
        if cursor is None:
            break
    assert kinds == ["final_plan", "draft_plan", "decision_to_assess", "family_consultation"]
