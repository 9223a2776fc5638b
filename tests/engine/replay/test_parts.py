"""The parts of a replay: who is born when, what comes next, who does it, how fast it goes, where it's kept."""

from __future__ import annotations

import fcntl
import string
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import Calendar
from engine.errors import BadInput, SetupError
from engine.replay import Pace, end_of
from engine.replay.agenda import Agenda, instant
from engine.replay.numbers import is_nhs_number, is_upn, nhs_check_digit, upn_letter
from engine.replay.play import CasePlay, born_on
from engine.replay.recording import Child, Line, Receipt, RecordedRequest, Requester, Step
from engine.replay.target import missing_file, new_database
from engine.services.cases.cases import age_on
from engine.store.database import Database
from tests.engine.replay.conftest import UNTIL

CHILD = Child(given_name="Ann", family_name="Bee", birthday="03-14", national_curriculum_year=4)


# --- children --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birthday", "year", "on", "born"),
    [
        ("09-01", 0, date(2026, 9, 1), date(2021, 9, 1)),
        ("08-31", 0, date(2026, 9, 1), date(2022, 8, 31)),
        ("08-31", 0, date(2026, 8, 31), date(2021, 8, 31)),
        ("03-14", 11, date(2026, 1, 5), date(2010, 3, 14)),
        ("12-25", -1, date(2026, 5, 5), date(2021, 12, 25)),
    ],
)
def test_the_year_of_birth_follows_from_the_school_year(birthday, year, on, born):
    assert born_on(birthday, year, on) == born


@given(
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(-2, 15),
    st.dates(date(2020, 1, 1), date(2040, 12, 31)),
)
def test_a_child_is_of_the_age_of_its_school_year(month, day, year, on):
    born = born_on(f"{month:02}-{day:02}", year, on)
    begun = date(on.year if on.month >= 9 else on.year - 1, 8, 31)
    assert age_on(born, begun) == year + 4


@given(st.integers(0, 999_999_999))
def test_one_digit_alone_fits_an_nhs_number(number):
    nine = f"{number:09}"
    fitting = [digit for digit in string.digits if is_nhs_number(nine + digit)]
    assert fitting == ([] if (digit := nhs_check_digit(nine)) is None else [digit])


@pytest.mark.parametrize(("upn", "fits"), [("B801200005001", True), ("A801200005001", False)])
def test_the_letter_of_a_upn_checks_it(upn, fits):
    assert is_upn(upn) == fits
    assert upn_letter(upn[1:]) == "B"


# --- what comes next -------------------------------------------------------------------------


@pytest.fixture
def agenda():
    return Agenda(Calendar.england())


def test_things_are_taken_in_the_order_of_time_then_of_entry(agenda):
    said = []
    day = date(2026, 11, 2)
    for word, time in (("late", "15:00"), ("first", "09:00"), ("second", "09:00")):
        agenda.enter_at(day, time, lambda word=word: said.append(word))
    while agenda.next_at is not None:
        agenda.take().act()
    assert said == ["first", "second", "late"]


@pytest.mark.parametrize(
    ("meant", "done"),
    [
        (date(2026, 11, 6), date(2026, 11, 6)),
        (date(2026, 11, 7), date(2026, 11, 9)),
        (date(2026, 12, 25), date(2026, 12, 29)),
        (date(2026, 4, 3), date(2026, 4, 7)),
    ],
)
def test_work_waits_for_a_working_day_and_remembers_the_day_that_was_meant(agenda, meant, done):
    agenda.enter_work(meant, "10:00", lambda: None)
    item = agenda.take()
    assert (item.at, item.day) == (instant(done, "10:00"), meant)


def test_work_isnt_done_before_it_can_be(agenda):
    earliest = instant(date(2026, 11, 2), "11:30")
    agenda.enter_work(date(2026, 11, 2), "10:00", lambda: None, earliest=earliest)
    assert agenda.next_at == earliest


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_no_weekend_or_bank_holiday_carries_work_on_by_more_than_five_days(day):
    assert Calendar.england().next_working_day_from(day) - day <= timedelta(days=5)


# --- how a task goes -------------------------------------------------------------------------


def play(work, usual):
    request = RecordedRequest(
        child=CHILD, requested_by=Requester(role="parent", name="P"), received=Receipt(day=-9), work=work
    )
    return CasePlay(Line(2, request), date(2026, 11, 2), usual)


def step(days):
    return Step(after=days)


def days_of(found):
    return None if found is None else found[1].after


def test_the_closest_name_counts():
    case = play({"a": [step(1)], "a:camhs": [step(2)], "a:x": [step(3)]}, {"a": step(9)})
    assert days_of(case.step_for("a", "x", "camhs")) == 3
    assert days_of(case.step_for("a", "", "camhs")) == 2
    assert days_of(case.step_for("a", "", "icb")) == 1


def test_a_list_goes_from_time_to_time_and_then_what_is_usual():
    case = play({"a": [step(1), None, step(3)]}, {"a": step(9), "a:icb": step(8)})
    assert [days_of(case.step_for("a", "", "icb")) for _ in range(5)] == [1, None, 3, 8, 8]


def test_null_means_never_and_an_unknown_task_stays_open():
    case = play({"a": None}, {"a": step(9)})
    assert [case.step_for(name, "", "icb") for name in ("a", "a", "b")] == [None, None, None]


def test_where_a_step_stands_is_told():
    case = play({"a:icb": [step(1)]}, {"a": step(9)})
    assert [case.step_for("a", "", "icb")[0] for _ in range(2)] == ["work.a:icb[0]", "usual.a"]


# --- the end of the year ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_day", "end"),
    [
        (date(2026, 6, 30), "2026-06-30T16:00:00+00:00"),
        (date(2026, 6, 29), "2026-06-29T22:59:59+00:00"),
        (date(2026, 1, 9), "2026-01-09T23:59:59+00:00"),
    ],
)
def test_the_year_ends_now_or_with_its_last_day_in_london(last_day, end):
    assert end_of(last_day, UNTIL).isoformat() == end


def test_the_year_cant_end_ahead():
    with pytest.raises(BadInput, match="can't end after today, 2026-06-30"):
        end_of(date(2026, 7, 1), UNTIL)


# --- pace ------------------------------------------------------------------------------------


def test_ten_stretches_have_all_tasks_but_a_few():
    pace = Pace()
    for _ in range(237):
        pace.completed()
    tenths = pace.tenths()
    assert [part.tasks for part in tenths] == [23] * 10
    assert sum(part.seconds for part in tenths) <= pace.seconds
    assert all(part.processor_seconds >= 0 for part in tenths)
    assert all(part.memory_bytes > 1_000_000 and part.tasks_per_second > 0 for part in tenths)


def test_the_processors_seconds_lie_between_the_looks_in_proportion(monkeypatch):
    worked = iter([100.0, 100.0, 105.0, 107.0])  # at the start, at the first task, at the 51st, at the end
    monkeypatch.setattr("time.process_time", lambda: next(worked))
    pace = Pace()
    for _ in range(100):
        pace.completed()
    tenths = pace.tenths()
    assert [round(part.processor_seconds, 6) for part in tenths] == [1.0] * 5 + [0.4] * 5


def test_few_tasks_have_no_tenths():
    assert Pace().tenths() == ()


# --- the place -------------------------------------------------------------------------------


def tables_in(database):
    with database.read() as connection:
        return set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())


def test_a_new_database_appears_when_it_is_whole(somewhere):
    with new_database(somewhere) as database:
        assert "ehc_case" in tables_in(database)
        assert not somewhere.exists()
    assert [path.name for path in somewhere.parent.iterdir()] == [somewhere.name]
    opened = Database(f"sqlite:///{somewhere}")
    assert "ehc_case" in tables_in(opened)
    opened.close()


def test_nothing_is_left_of_one_that_failed(somewhere):
    with pytest.raises(ZeroDivisionError), new_database(somewhere):
        raise ZeroDivisionError
    assert list(somewhere.parent.iterdir()) == []


def test_what_a_killed_attempt_left_is_overwritten(somewhere):
    somewhere.parent.mkdir()
    for ending in (".partial", ".partial-wal"):
        somewhere.with_name(somewhere.name + ending).write_bytes(b"half a database")
    with new_database(somewhere) as database:
        assert "ehc_case" in tables_in(database)
    assert [path.name for path in somewhere.parent.iterdir()] == [somewhere.name]


def test_two_cant_make_the_same(somewhere):
    somewhere.parent.mkdir()
    with somewhere.with_name("year.db.partial").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(SetupError, match="Another process is making"), new_database(somewhere):
            pass


def test_a_folder_that_cant_be_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="can't be made"), new_database(tmp_path / "file" / "year.db"):
        pass


def test_only_a_sqlite_file_can_be_missing(tmp_path):
    (tmp_path / "there.db").touch()
    assert missing_file(f"sqlite:///{tmp_path / 'new.db'}") == tmp_path / "new.db"
    assert missing_file(f"sqlite:///{tmp_path / 'there.db'}") is None
    assert missing_file("postgresql://ehc@localhost/ehc") is None
