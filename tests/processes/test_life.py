"""A life with a plan: from a request at the age of three to the end of the plan at twenty-two.

Ada is born on 14 May 2023. A first request is refused; a second one leads to a plan while she is four. She goes
to an infant, a junior and a secondary school and on to college, and the plan ends when it is no longer
necessary. Every date below was worked out on paper from the counting rules of the statutory reference:

- 6, 16, 20 weeks from receipt, the day of receipt not counted; two months to the same date, for an appeal moved
  on to a working day.
- Section 44: a period of twelve months that starts with the day of the plan, later with the day on which the
  last decision was notified, ends on the day before that date. Planning goes by twelve months from the last
  meeting where that is earlier; a review begins on the morning after the sixteenth week before, and its meeting
  is planned four weeks before. Ada's meetings are held on that very day, each decision three weeks later.
- The report is due two weeks, the decision and a notice of amendment four weeks, the final plan twelve weeks
  after the meeting; and the final plan eight weeks after the notice was sent.
- A move in September is settled before 15 February, into college before 31 March of its year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from engine.services.plans import phases
from engine.store import tables
from engine.store.types import AnyRow
from tests.engine.services.rows import differences
from tests.processes.plans import BACKGROUND, plan_key
from tests.support.desk import CaseDesk, Desk, opened_desk

BORN = date(2023, 5, 14)
INFANT, JUNIOR, SECONDARY, COLLEGE = "103002", "103003", "103004", "130008"
DAY = timedelta(days=1)
REFUSED = {"assess": False, "otherSupport": "A language group in the nursery."}
ENDED = {"decision": "cease", "ceaseGround": "not_necessary"}


def on(text: str) -> date:
    return date.fromisoformat(text)


@dataclass(frozen=True)
class Review:
    """One review of Ada's plan, all of whose dates are known beforehand."""

    begins: str
    by_law: str
    planned: str
    meeting: str
    decision: str
    what: str = "maintain"


#: Where the plan changes the school: rule, occurrence, last day; meeting + 12 weeks, notice + 8 weeks.
@dataclass(frozen=True)
class Move:
    """A move to the next phase, settled by an amendment."""

    rule: str
    occurrence: str
    last_day: str
    urn: str
    kind: str
    final_by: str
    outermost: str
    issued: str


REVIEWS = [
    Review("2028-03-29", "2028-07-18", "2028-07-18", "2028-06-20", "2028-07-11"),
    Review("2029-02-28", "2029-07-10", "2029-06-19", "2029-05-22", "2029-06-12"),
    Review("2029-09-01", "2030-06-11", "2030-05-21", "2029-10-13", "2029-11-03", "junior"),
    Review("2030-06-23", "2030-11-02", "2030-10-12", "2030-09-14", "2030-10-05"),
    Review("2031-05-25", "2031-10-04", "2031-09-13", "2031-08-16", "2031-09-06"),
    Review("2032-04-26", "2032-09-05", "2032-08-15", "2032-07-18", "2032-08-08"),
    Review("2033-03-28", "2033-08-07", "2033-07-17", "2033-06-19", "2033-07-10"),
    Review("2033-09-01", "2034-07-09", "2034-06-18", "2033-10-13", "2033-11-03", "secondary"),
    Review("2034-06-23", "2034-11-02", "2034-10-12", "2034-09-14", "2034-10-05"),
    Review("2035-05-25", "2035-10-04", "2035-09-13", "2035-08-16", "2035-09-06"),
    Review("2036-04-26", "2036-09-05", "2036-08-15", "2036-07-18", "2036-08-08"),
    Review("2037-03-28", "2037-08-07", "2037-07-17", "2037-06-19", "2037-07-10"),
    Review("2038-02-27", "2038-07-09", "2038-06-18", "2038-05-21", "2038-06-11"),
    Review("2038-09-01", "2039-06-10", "2039-05-20", "2038-10-13", "2038-11-03", "college"),
    Review("2039-06-23", "2039-11-02", "2039-10-12", "2039-09-14", "2039-10-05"),
    Review("2040-05-25", "2040-10-04", "2040-09-13", "2040-08-16", "2040-09-06"),
    Review("2041-04-26", "2041-09-05", "2041-08-15", "2041-07-18", "2041-08-08"),
    Review("2042-03-28", "2042-08-07", "2042-07-17", "2042-06-19", "2042-07-10"),
    Review("2043-02-27", "2043-07-09", "2043-06-18", "2043-05-21", "2043-06-11"),
    Review("2044-01-30", "2044-06-10", "2044-05-20", "2044-04-22", "2044-05-13"),
    Review("2044-12-31", "2045-05-12", "2045-04-21", "2045-03-24", "2045-04-14"),
    Review("2045-12-02", "2046-04-13", "2046-03-23", "2046-02-23", "2046-03-16", "end"),
]
MOVES = {
    "junior": Move(
        "reg18_1b_other_phase", "phase-2030", "2030-02-14", JUNIOR, "mainstream_school",
        "2029-12-29", "2030-01-05", "2029-11-24",
    ),
    "secondary": Move(
        "reg18_1b_other_phase", "phase-2034", "2034-02-14", SECONDARY, "mainstream_school",
        "2033-12-29", "2034-01-05", "2033-11-24",
    ),
    "college": Move(
        "reg18_1a_secondary_to_post16", "phase-2039", "2039-03-30", COLLEGE, "further_education",
        "2038-12-29", "2039-01-05", "2038-11-24",
    ),
}  # fmt: skip
#: Lighter reviews: the morning after three months, and the last day of the sixth month.
LIGHTER = [("2027-10-20", "2028-01-19"), ("2028-01-21", "2028-04-20")]
#: One more begins while the first yearly review is prepared; the next would be after the fifth birthday.
LAST_LIGHTER = ("2028-04-22", "2028-07-21")


def test_a_life(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk:
        refused_at_three(desk)
        ada = planned_at_four(desk)
        for number, review in enumerate(REVIEWS, start=1):
            if number == 1:
                reviewed_lightly(desk, ada)
            begun(desk, ada, number, review)
            if number == 1:
                one_lighter_review(desk, ada, *LAST_LIGHTER)
            held(desk, ada, number, review)
            decided(desk, ada, number, review)
            assert differences(desk) == []
        ended(desk, ada)
        assert differences(desk) == []


# --- how it begins ---------------------------------------------------------------------------------


def refused_at_three(desk: Desk) -> None:
    first = desk.request(born=BORN, year=-1)
    assert limits(first) == {
        "reg5_decide_to_assess": on("2026-12-14"),
        "reg10_decide_no_plan": on("2027-02-22"),
        "draft_plan_backstop": on("2027-02-22"),
        "reg13_2_final_20w": on("2027-03-22"),
    }
    first.until("decide_assess", but=BACKGROUND)
    desk.step_to(on("2026-12-07"))
    first.complete("decide_assess", **REFUSED)
    assert first.status == "refused"
    assert met(first, "reg5_decide_to_assess") == ("on_time", on("2026-12-07"))
    assert first.deadline("reg13_2_final_20w").status == "superseded"
    # Two months end on Sunday 7 February: the tribunal takes an appeal until the Monday.
    assert first.deadline("ftt_r20_appeal_2m").due_on == on("2027-02-08")


def planned_at_four(desk: Desk) -> CaseDesk:
    desk.step_to(on("2027-03-01"))
    ada = desk.request(born=BORN, year=-1)
    assert limits(ada) == {
        "reg5_decide_to_assess": on("2027-04-12"),
        "reg10_decide_no_plan": on("2027-06-21"),
        "draft_plan_backstop": on("2027-06-21"),
        "reg13_2_final_20w": on("2027-07-19"),
    }
    ada.until("decide_assess", but=BACKGROUND)
    desk.step_to(on("2027-04-12"))
    ada.until("decide_setting", but=BACKGROUND, family_response={"nothingMore": True})
    desk.step_to(on("2027-07-19"))
    named = {"namedSettingUrn": INFANT, "settingType": "mainstream_school"}
    ada.finish(but=BACKGROUND, decide_setting=named)
    assert ada.status == "plan_issued"
    assert met(ada, "reg5_decide_to_assess") == ("on_time", on("2027-04-12"))
    assert met(ada, "reg13_2_final_20w") == ("on_time", on("2027-07-19"))
    assert ada.deadline("s44_first_review").due_on == on("2028-07-18")
    # The academic year of the 25th birthday; in further education it ends in July.
    assert ada.deadline("s46_age25").due_on == on("2048-07-31")
    ada.plan_key = plan_key(ada)
    return ada


def reviewed_lightly(desk: Desk, ada: CaseDesk) -> None:
    """In reception at an infant school; under five a lighter look every three to six months."""
    desk.step_to(on("2027-09-01"))
    who = desk.member("caseworker")
    phases.correct_year(desk.engine, who, ada.plan_key, 0, "An infant school until year 2.", "infant")
    for lighter in LIGHTER:
        one_lighter_review(desk, ada, *lighter)


def one_lighter_review(desk: Desk, ada: CaseDesk, begins: str, last: str) -> None:
    desk.step_to(on(begins) - DAY, 23, 59)
    assert "review_lightly" not in ada.waiting()
    desk.step_to(on(begins), 0, 1)
    assert ada.task("review_lightly").due_date == on(last)
    ada.complete("review_lightly")


# --- a review --------------------------------------------------------------------------------------


def begun(desk: Desk, ada: CaseDesk, number: int, review: Review) -> None:
    desk.step_to(on(review.begins) - DAY, 23, 59)
    assert "fix_review_date" not in ada.waiting()
    desk.step_to(on(review.begins), 0, 1)
    assert "review_lightly" not in ada.waiting()
    assert section_44(ada, number) == ("running", on(review.by_law), None)
    row = plan_row(ada)
    assert row.next_review_by == on(review.planned)
    move = MOVES.get(review.what)
    if move is not None:
        assert ada.deadline(move.rule, move.occurrence).due_on == on(move.last_day)
        ada.complete("take_preferences")


def held(desk: Desk, ada: CaseDesk, number: int, review: Review) -> None:
    """Invited and papers sent by the last day of two weeks before; held on its day."""
    occurrence, meeting = name_of(number), on(review.meeting)
    ada.complete("fix_review_date", meetingOn=meeting.isoformat())
    assert ada.deadline("reg20_3_notice_2w", occurrence).due_on == meeting - 14 * DAY
    assert ada.deadline("reg20_4_circulate_2w", occurrence).due_on == meeting - 14 * DAY
    desk.step_to(meeting - 14 * DAY)
    ada.complete_all("give_review_advice", "review_family_views", "circulate_papers")
    assert met(ada, "reg20_4_circulate_2w", occurrence) == ("on_time", meeting - 14 * DAY)
    desk.step_to(meeting)
    ada.complete("hold_review_meeting", ceasingConsidered=review.what == "end")
    assert met(ada, "review_meeting_4w", occurrence) == ("on_time", meeting)
    assert ada.deadline("reg20_report_2w", occurrence).due_on == meeting + 14 * DAY
    assert ada.deadline("reg20_10_decision_4w", occurrence).due_on == meeting + 28 * DAY
    desk.step_to(meeting + 14 * DAY)
    ada.complete("write_review_report")
    assert met(ada, "reg20_report_2w", occurrence) == ("on_time", meeting + 14 * DAY)


def decided(desk: Desk, ada: CaseDesk, number: int, review: Review) -> None:
    desk.step_to(on(review.decision))
    if review.what in MOVES:
        amended(desk, ada, number, review, MOVES[review.what])
    else:
        ada.complete("decide_review", **(ENDED if review.what == "end" else {"decision": "maintain"}))
    assert met(ada, "reg20_10_decision_4w", name_of(number)) == ("on_time", on(review.decision))
    assert section_44(ada, number)[::2] == ("on_time", on(review.decision))


def amended(desk: Desk, ada: CaseDesk, number: int, review: Review, move: Move) -> None:
    """The notice goes with the decision; the plan names the next setting three weeks later."""
    occurrence, version = name_of(number), plan_row(ada).version
    ada.complete("decide_review", decision="amend")
    ada.complete("prepare_amendments")
    assert met(ada, "devon_amend_notice_4w", occurrence) == ("on_time", on(review.decision))
    assert ada.deadline("reg22_3_final_8w", occurrence).due_on == on(move.final_by)
    assert ada.deadline("devon_final_12w", occurrence).due_on == on(move.outermost)
    ada.complete("respond_to_amendments", nothingMore=True)
    desk.step_to(on(move.issued))
    ada.complete(
        "decide_amendment",
        changeSetting=True,
        namedSettingUrn=move.urn,
        settingType=move.kind,
        familyRequestMet=True,
    )
    ada.complete("sign_amended_plan")
    assert (plan_row(ada).version, plan_row(ada).setting_urn) == (version + 1, move.urn)
    assert met(ada, "reg22_3_final_8w", occurrence) == ("on_time", on(move.issued))
    assert met(ada, "devon_final_12w", occurrence) == ("on_time", on(move.issued))
    assert met(ada, move.rule, move.occurrence) == ("on_time", on(move.issued))


# --- how it ends -----------------------------------------------------------------------------------


def ended(desk: Desk, ada: CaseDesk) -> None:
    """Kept until two months after the decision was sent, on 16 March 2046; nobody appeals."""
    assert plan_row(ada).status == "ceasing"
    assert ada.deadline("s45_4_hold", "cessation-1").due_on == on("2046-05-16")
    assert ada.deadline("ftt_r20_appeal_2m", "cessation-1").due_on == on("2046-05-16")
    desk.step_to(on("2046-05-16"), 23, 59)
    assert (plan_row(ada).status, ada.status) == ("ceasing", "plan_issued")
    desk.step_to(on("2046-05-17"), 0, 1)
    assert (plan_row(ada).status, plan_row(ada).ceased_on) == ("ceased", on("2046-05-17"))
    assert ada.status == "plan_ceased"
    assert ada.deadline("s44_next_review").status == "superseded"
    assert ada.waiting() - set(BACKGROUND) == set()
    desk.step_to(on("2048-09-30"))
    assert ada.waiting() - set(BACKGROUND) == set()


# --- what is asked of the case ---------------------------------------------------------------------


def name_of(number: int) -> str:
    """What a yearly review's limits are called: the lighter reviews that began before it are counted too."""
    return f"review-{number + len(LIGHTER) + (number > 1)}"


def limits(case: CaseDesk) -> dict[str, date | None]:
    return {row.rule: row.due_on for row in case.deadlines() if row.status == "running"}


def met(case: CaseDesk, rule: str, occurrence: str | None = None) -> tuple[str, date | None]:
    row = case.deadline(rule, occurrence)
    return row.status, row.met_on


def section_44(case: CaseDesk, number: int) -> tuple[str, date | None, date | None]:
    """The limit of section 44 for a review: how it stands, its last day, the day on which it was met."""
    rule = "s44_first_review" if number == 1 else "s44_next_review"
    rows = [row for row in case.deadlines() if row.rule == rule]
    row = rows[0 if number == 1 else number - 2]
    return row.status, row.due_on, row.met_on


def plan_row(case: CaseDesk) -> AnyRow:
    with case.desk.engine.database.read() as connection:
        return connection.execute(select(tables.plan).where(tables.plan.c.case_key == int(case.key))).one()
