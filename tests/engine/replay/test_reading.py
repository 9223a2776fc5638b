"""A replay file that can't be right is refused by line and field, before anything is written."""

from __future__ import annotations

import copy
import json

import pytest

from engine.errors import BadInput
from engine.replay import RecordingRefused, read_recording, replay_year
from tests.engine.replay.conftest import UNTIL, settings
from tests.support.recordings import lines_with_traits, plans_of_the_year, write

GOOD = lines_with_traits()[0]


def changed(path, value):
    """A good request with another value at a path; `...` takes the field away."""
    return changed_line(GOOD, path, value)


def changed_line(good, path, value):
    line = copy.deepcopy(good)
    *way, last = path.split("/")
    holder = line
    for key in way:
        holder = holder.setdefault(key, {})
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return line


def refusal(file):
    with pytest.raises(RecordingRefused) as refused:
        read_recording(file)
    return refused.value


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("child/givenName", ..., "child.givenName"),
        ("child/givenName", "", "child.givenName"),
        ("child/birthday", "02-30", "child.birthday"),
        ("child/birthday", "2016-03-01", "child.birthday"),
        ("child/nationalCurriculumYear", "four", "child.nationalCurriculumYear"),
        ("child/nhsNumber", "9990000019", "child.nhsNumber"),
        ("child/upn", "A333301022001", "child.upn"),
        ("child/shoeSize", 31, "child.shoeSize"),
        ("received", ..., "received"),
        ("received/day", 1, "received.day"),
        ("received/day", -365, "received.day"),
        ("received/at", "25:00", "received.at"),
        ("settingUrn", "10300", "settingUrn"),
        ("facts/lookedAfter", "yes", "facts.lookedAfter"),
        ("work/decide_assess", {"on": 3}, "work.decide_assess"),
        ("work/decide_assess", [{"at": "10:00"}], "work.decide_assess[0]"),
        ("work/decide_assess", [{"on": 3, "after": 3}], "work.decide_assess[0]"),
        ("work/decide_assess", [None, {"after": -1}], "work.decide_assess[1].after"),
        ("withdrawal", {"on": 3}, "withdrawal.reason"),
        ("exceptions", [{"on": 3}], "exceptions[0].code"),
        ("corrections", [{"on": 3, "anchor": "x", "fallsOn": "a", "reason": "y"}], "corrections[0].fallsOn"),
        ("unheard", 1, "unheard"),
    ],
)
def test_a_bad_field_is_named_with_its_line(tmp_path, path, value, field):
    error = refusal(write(tmp_path / "year.jsonl", [GOOD, changed(path, value)]))
    assert [problem.field for problem in error.problems] == [f"line 3, {field}"]
    assert error.message.startswith(f"{tmp_path / 'year.jsonl'}, line 3, {field}: ")
    assert error.message.endswith("Nothing was written.")


def plan_with(path, value):
    """A good line that brings a plan in, with another value at a path; `...` takes the field away."""
    return changed_line(plans_of_the_year()[0], path, value)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("plan/finalisedOn", ..., "plan.finalisedOn"),
        ("plan/finalisedOn", 1, "plan.finalisedOn"),
        ("plan/finalisedOn", "2020-01-01", "plan.finalisedOn"),
        ("plan/settingType", "", "plan.settingType"),
        ("plan/lookedAfter", "yes", "plan.lookedAfter"),
        ("plan/colour", "red", "plan.colour"),
        ("requestedBy", {"role": "parent", "name": "Sam Example"}, "requestedBy"),
        ("received/day", -365, "received.day"),
        ("work/decide_review", [{"on": "meetingOn"}], "work.decide_review[0].on"),
    ],
)
def test_a_bad_field_of_a_plan_is_named_with_its_line(tmp_path, path, value, field):
    error = refusal(write(tmp_path / "year.jsonl", [GOOD, plan_with(path, value)]))
    assert [problem.field for problem in error.problems] == [f"line 3, {field}"]


@pytest.mark.parametrize(
    ("given", "missing"), [("lastMeetingOn", "lastDecidedOn"), ("lastDecidedOn", "lastMeetingOn")]
)
def test_a_last_review_has_a_meeting_and_a_decision(tmp_path, given, missing):
    line = copy.deepcopy(plans_of_the_year()[0])
    line["plan"] = {"finalisedOn": -900, given: -30}
    error = refusal(write(tmp_path / "year.jsonl", [line]))
    assert [problem.field for problem in error.problems] == [f"line 2, plan.{missing}"]


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"child": ', "7", "\udcff", "[" * 100_000])
def test_a_line_that_is_no_object_is_named(tmp_path, text):
    file = write(tmp_path / "year.jsonl", [GOOD])
    file.write_bytes(file.read_bytes() + text.encode(errors="surrogateescape"))
    assert [problem.field for problem in refusal(file).problems] == ["line 3, the whole line"]


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ({"replay": 2}, "replay"),
        ({"days": 7}, "days"),
        ({"usual": {"decide_assess": {"at": "10:00"}}}, "usual.decide_assess"),
        ({"usual": {"decide_assess": {"after": "soon"}}}, "usual.decide_assess.after"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_head_is_named(tmp_path, head, field):
    error = refusal(write(tmp_path / "year.jsonl", [GOOD], **head))
    assert [problem.field for problem in error.problems] == [f"line 1, {field}"]


def test_all_lines_are_named_at_once(tmp_path):
    lines = [changed("received/day", day) for day in (1, -400)]
    error = refusal(write(tmp_path / "year.jsonl", lines))
    assert [problem.field for problem in error.problems] == ["line 2, received.day", "line 3, received.day"]


def test_an_empty_file_says_how_to_begin(tmp_path):
    file = tmp_path / "year.jsonl"
    file.write_text("\n\n")
    assert '{"replay": 1, "days": 365}' in refusal(file).message


def test_a_file_that_isnt_there_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"nothing\.jsonl can't be read: No such file"):
        read_recording(tmp_path / "nothing.jsonl")


def test_empty_lines_dont_change_the_count(tmp_path):
    file = write(tmp_path / "year.jsonl", [GOOD])
    file.write_text(file.read_text().replace("\n", "\n\n") + json.dumps(GOOD))
    assert [line.number for line in read_recording(file).lines] == [3, 5]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("requestedBy/role", "neighbour", "requestedBy.role"),
        ("raisedBy", "fire_brigade", "raisedBy"),
        ("settingUrn", "999999", "settingUrn"),
        ("officer", "Nobody Known", "officer"),
        ("work/decide_asess", [{"after": 1}], "work.decide_asess"),
        ("work/decide_assess", [{"after": 1, "by": "Nobody Known"}], "work.decide_assess[0].by"),
        (
            "work/decide_assess",
            [{"after": 1, "answers": {"asess": 1}}],
            "work.decide_assess[0].answers.asess",
        ),
        (
            "work/decide_assess",
            [{"after": 1, "answers": {"reasons": "=1 +"}}],
            "work.decide_assess[0].answers",
        ),
        ("corrections", [{"on": 3, "anchor": "x", "fallsOn": 1, "reason": "y"}], "corrections[0].anchor"),
    ],
)
def test_words_that_nothing_knows_are_refused_before_anything_is_written(
    somewhere, tmp_path, path, value, field
):
    file = write(tmp_path / "year.jsonl", [GOOD, changed(path, value)])
    with pytest.raises(RecordingRefused) as refused:
        replay_year(read_recording(file), settings(f"sqlite:///{somewhere}"), until=UNTIL)
    assert [problem.field for problem in refused.value.problems] == [f"line 3, {field}"]
    assert list(somewhere.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("plan/settingType", "castle", "plan.settingType"),
        ("plan/sections/Z", {"needs": "None."}, "plan.sections.Z"),
        ("settingUrn", "999999", "settingUrn"),
        ("work/decide_reveiw", [{"after": 1}], "work.decide_reveiw"),
        ("work/hold_review_meeting", [{"on": "=meetingOn +"}], "work.hold_review_meeting[0].on"),
        (
            "work/decide_review",
            [{"after": 1, "answers": {"decision": '=if review.kind = "annual" then'}}],
            "work.decide_review[0].answers",
        ),
    ],
)
def test_words_of_a_plan_that_nothing_knows_are_refused_too(somewhere, tmp_path, path, value, field):
    file = write(tmp_path / "year.jsonl", [GOOD, plan_with(path, value)])
    with pytest.raises(RecordingRefused) as refused:
        replay_year(read_recording(file), settings(f"sqlite:///{somewhere}"), until=UNTIL)
    assert [problem.field for problem in refused.value.problems] == [f"line 3, {field}"]
    assert list(somewhere.parent.iterdir()) == []


EXCEPTION = {
    "on": 60,
    "code": "EX_PERSONAL",
    "rules": ["reg13_2_final_20w"],
    "from": 50,
    "evidence": "Letter.",
    "impracticalBecause": "Illness.",
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "EX_RAIN"}, "code"),
        ({"rules": ["reg99"]}, "rules[0]"),
        ({"code": "EX_MISSED_APPT"}, "rules[0]"),
        ({"to": 49}, "to"),
        ({"from": 61}, "from"),
        ({"familyToldOn": 61}, "familyToldOn"),
    ],
)
def test_exceptions_that_the_law_doesnt_know_are_refused(somewhere, tmp_path, change, field):
    file = write(tmp_path / "year.jsonl", [changed("exceptions", [{**EXCEPTION, **change}])])
    with pytest.raises(RecordingRefused) as refused:
        replay_year(read_recording(file), settings(f"sqlite:///{somewhere}"), until=UNTIL)
    assert [problem.field for problem in refused.value.problems] == [f"line 2, exceptions[0].{field}"]
