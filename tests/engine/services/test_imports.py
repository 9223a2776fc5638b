"""A council's live cases are brought in from the files of its SEN2 return, and go on here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config import ROOT
from engine.errors import BadInput, NotPermitted
from engine.services.imports.blade_files import as_day
from engine.services.imports.imports import import_blade, list_imports
from engine.services.imports.views_of_imports import ImportReportView
from engine.store import tables
from engine.store.intake_tables import imported_row
from tests.engine.services.rows import count, differences, everything
from tests.support.desk import CaseDesk, Desk, opened_desk

FILES = {path.stem: path.read_text() for path in (ROOT / "examples" / "import").glob("*.csv")}


def brought(desk: Desk, files: Mapping[str, str] = FILES, **options: object) -> ImportReportView:
    given = {"dry_run": False, **options}
    return import_blade(desk.engine, desk.member("caseworker"), files, **given)  # type: ignore[arg-type]


def cases_of(desk: Desk, report: ImportReportView) -> list[CaseDesk]:
    return [CaseDesk(desk, row.case_key, "") for row in report.items if row.case_key]


def test_a_dry_run_keeps_nothing_and_says_what_would_be(either_desk: Desk) -> None:
    before = everything(either_desk)
    seen = brought(either_desk, dry_run=True)
    assert everything(either_desk) == before
    assert [row.outcome for row in seen.items] == ["ready"] * 4 + ["left_out"] * 2
    assert (seen.key, seen.imported, seen.problems) == (None, 4, 0)


def test_each_goes_on_at_its_step_with_its_days(either_desk: Desk) -> None:
    desk = either_desk
    considering, assessing, drafting, plan = cases_of(desk, brought(desk))
    assert considering.waiting() == {"collate_evidence"}
    assert considering.deadline("reg5_decide_to_assess").due_on == date(2026, 11, 23)
    assert assessing.waiting() == {"family_evidence", "choose_advice"}
    decided = assessing.deadline("reg5_decide_to_assess")
    assert (decided.met_on, decided.status) == (date(2026, 10, 9), "on_time")
    assert drafting.waiting() == {"write_plan"}
    assert drafting.deadline("reg10_decide_no_plan").status == "superseded"
    assert drafting.deadline("reg13_2_final_20w").due_on == date(2026, 11, 23)
    assert [case.status for case in (considering, assessing, drafting, plan)] == [
        "considering",
        "assessing",
        "drafting",
        "plan_issued",
    ]
    assert plan.deadline("s44_next_review").due_on == date(2027, 2, 5)
    assert differences(desk) == []


def test_what_was_sent_elsewhere_isnt_sent_again(desk: Desk) -> None:
    brought(desk)
    assert count(desk, tables.notice) == 0


def test_they_are_carried_on_to_their_ends(desk: Desk) -> None:
    cases = cases_of(desk, brought(desk))[:3]
    for case in cases:
        case.until("family_response")
        case.finish()
    desk.step_to(date(2026, 12, 4))
    for case in cases:
        case.until("sign_plan")
        case.finish()
    assert {case.status for case in cases} == {"plan_issued"}
    assert differences(desk) == []


def test_the_same_rows_arent_brought_in_twice_and_mended_ones_are(desk: Desk) -> None:
    wrong = {**FILES, "requests": FILES["requests"].replace("2026-Oct-12", "2026-Oct-42")}
    first = brought(desk, wrong)
    assert [row.outcome for row in first.items[:2]] == ["problem", "imported"]
    (problem,) = first.items[0].problems
    assert (problem.file, problem.row, problem.column) == ("requests", 2, "receiveddate")
    assert "is no day" in problem.message
    assert problem.remedy
    again = brought(desk)
    assert [row.outcome for row in again.items] == ["imported"] + ["present"] * 3 + ["left_out"] * 2
    assert count(desk, imported_row) == 4
    assert len(list_imports(desk.engine, desk.member("caseworker")).items) == 2


def test_a_number_that_is_there_is_confirmed_or_refused(desk: Desk) -> None:
    brought(desk)
    other = {
        **FILES,
        "requests": FILES["requests"].replace("12,2,333,2,2026-Sep-01", "12,2,333,2,2026-Sep-02"),
    }
    refused = brought(desk, other).items[1]
    assert refused.outcome == "problem"
    assert "same UPN" in refused.problems[0].message
    assert brought(desk, other, confirmed=[refused.row]).items[1].outcome == "imported"


@pytest.mark.parametrize(
    ("file", "before", "after", "row", "said"),
    [
        ("person", "2017-May-14 00:00:00", "", 2, "The day is missing"),
        ("person", ",B801200005001,", ",12345,", 3, "This is no UPN"),
        ("person", "Example,Asha", ",Asha", 2, "The name is missing"),
        ("requests", "2026-Oct-12 00:00:00", "2027-Oct-12 00:00:00", 2, "after today"),
        ("requests", ",A,,,", ",Q,,,", 2, "say nothing together"),
        ("requests", "12,2,333,2,2026-Sep-01 00:00:00,2,0,2026-Oct-09", "12,2,333,2,2026-Sep-01 00:00:00,2,0,2026-Aug-09", 3, "between the request and today"),
        ("namedplan", "2023-Feb-10 00:00:00", "", 2, "The plan's day is missing"),
        ("plandetail", "123456", "654321", 5, "No setting of this authority's list"),
        ("plandetail", ",123456,,,1", ",,,OTH,1", 2, "no URN of six digits"),
        ("assessment", "21,12,", "21,99,", 2, "No row of requests has this id"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_place_and_remedy(
    desk: Desk, file: str, before: str, after: str, row: int, said: str
) -> None:
    assert before in FILES[file]
    seen = brought(desk, {**FILES, file: FILES[file].replace(before, after)}, dry_run=True)
    problems = [*seen.file_problems, *(each for item in seen.items for each in item.problems)]
    (problem,) = [each for each in problems if said in each.message]
    assert problem.row == row
    assert problem.remedy


def test_a_file_without_its_columns_or_with_too_many_rows(desk: Desk) -> None:
    (problem,) = brought(desk, {"person": "surname\nExample\n"}, dry_run=True).file_problems
    assert problem.column == "persontableid"
    many = FILES["person"] + "".join(f"{n},333,1,A,B,2017-01-01\n" for n in range(100, 400))
    assert "more than 200 rows" in brought(desk, {"person": many}, dry_run=True).file_problems[0].message
    with pytest.raises(BadInput, match="The files are"):
        brought(desk, {"people": "x"})
    with pytest.raises(NotPermitted):
        import_blade(desk.engine, desk.member("process_owner"), FILES, dry_run=True)


@pytest.mark.parametrize("text", ["2022-Sep-28 00:00:00", "2022-09-28", "28/09/2022", "2022-09-28T00:00:00"])
def test_a_day_is_read_as_it_is_written(text: str) -> None:
    assert as_day(text) == date(2022, 9, 28)


@pytest.fixture(scope="module")
def one_desk(databases):
    with databases.migrated("sqlite") as url, opened_desk(url) as opened:
        yield opened


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(FILES)), st.text(max_size=300)), st.data())
def test_whatever_a_file_holds_it_is_said_and_not_thrown(one_desk: Desk, odd: dict[str, str], data) -> None:
    name = data.draw(st.sampled_from(sorted(FILES)))
    at = data.draw(st.integers(0, len(FILES[name])))
    cut = FILES[name][:at] + data.draw(st.text(max_size=20)) + FILES[name][at:]
    seen = brought(one_desk, {**FILES, name: cut, **odd}, dry_run=True)
    assert seen.rows == len(seen.items)
    assert count(one_desk, imported_row) == 0
