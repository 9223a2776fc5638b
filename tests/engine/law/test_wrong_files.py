"""A folder of wrong files: each is refused in words that say where it is wrong and what to write."""

from datetime import date
from pathlib import Path

import pytest

from engine.law import StatuteRefused, read_statute, statute
from engine.law.statute import ANCHORS, EXCEPTIONS, shipped

WRONG = sorted((Path(__file__).parent / "wrong").glob("*.yaml"))
RIGHT = """
groups: {A: Request}
rules:
  answer_6w:
    title: Answer a letter
    group: A
    duty: The authority answers.
    owed_by: Local authority
    versions:
      2014-09-01:
        kind: statutory
        nature: deadline
        length: 6 weeks
        counting: EXCL
        from: request_received_on
        cite: A regulation
        checked_on: 2026-11-23
        confidence: read
        start_confidence: read
"""


def read(rules, anchors=None, exceptions=None):
    return read_statute(rules, anchors or shipped(ANCHORS), exceptions or shipped(EXCEPTIONS), "wrong.yaml")


def must_say(path):
    first = path.read_text("utf-8").splitlines()[0]
    assert first.startswith("# must say: ")
    return first.removeprefix("# must say: ")


@pytest.mark.parametrize("path", WRONG, ids=[path.stem for path in WRONG])
def test_a_wrong_file_is_refused_in_words(path):
    with pytest.raises(StatuteRefused) as refusal:
        read(path.read_text("utf-8"))
    assert must_say(path) in str(refusal.value)
    assert refusal.value.where == "wrong.yaml"
    assert refusal.value.remedy


def test_what_the_wrong_files_are_variants_of_is_right():
    assert [rule.id for rule in read(RIGHT)] == ["answer_6w"]
    assert len(WRONG) > 40


@pytest.mark.parametrize(
    ("anchors", "words"),
    [
        ("letter_on: {title: Letter}", "anchors.yaml: letter_on.meaning: it is missing"),
        (
            "letter_on: {title: Letter, meaning: A day, plan: true}",
            "letter_on.plan: this key isn't known. Did you mean",
        ),
        ("letter_on: A day", "anchors.yaml: letter_on: it is no table"),
    ],
)
def test_wrong_anchors_are_refused(anchors, words):
    with pytest.raises(StatuteRefused, match=words):
        read(RIGHT, anchors=anchors)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "in_force_from: 2014-09-01",
            "in_force_from: long ago",
            "EX_SCHOOL_CLOSED.in_force_from: 'long ago' is no date",
        ),
        ("in_force_to: null", "in_force_to: soon", "EX_SCHOOL_CLOSED.in_force_to: 'soon' is no date"),
        ("  effect: Lifts the limit.\n", "", "exceptions.yaml: EX_SCHOOL_CLOSED.effect: it is missing"),
    ],
)
def test_wrong_exceptions_are_refused(old, new, words):
    with pytest.raises(StatuteRefused, match=words):
        read(RIGHT, exceptions=shipped(EXCEPTIONS).replace(old, new, 1))


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(StatuteRefused, match="it can't be read"):
        read("groups: \x07")


def test_an_amendment_is_read_as_strictly():
    with pytest.raises(StatuteRefused, match=r"reg5_decide_to_assess\.2028-01-01\.kind: it is missing"):
        statute().amended("reg5_decide_to_assess", date(2028, 1, 1), {})
