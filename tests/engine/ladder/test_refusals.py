"""What a ladder is refused for: each time the cell is named, what is the matter, and what to do."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.ladder import FILE, Known, LadderFinding, LadderRefused, check, read_ladder
from tests.engine.ladder.shipped import TEXT, another, kept_longer, shipped

DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
ROWS = len(shipped().rows)
ROW = "escalation_ladder_rule_"


def found(text: str, known: Known | None = None) -> LadderFinding:
    """The first thing that is wrong with a ladder."""
    wrong = check(text, known=known)
    assert wrong
    return wrong[0]


def parsed() -> tuple[Any, dict[str, Any]]:
    """The shipped table, and its elements by id."""
    root: Any = etree.fromstring(TEXT.encode())
    return root, {each.get("id"): each for each in root.iter() if each.get("id")}


def without(number: int) -> str:
    """The ladder without one of its rows."""
    root, by_id = parsed()
    row = by_id[f"{ROW}{number}"]
    row.getparent().remove(row)
    return etree.tostring(root, encoding="unicode")


def twice(number: int) -> str:
    """The ladder with one of its rows a second time, at the end."""
    root, by_id = parsed()
    row = by_id[f"{ROW}{number}"]
    again = deepcopy(row)
    again.set("id", "again")
    row.getparent().append(again)
    return etree.tostring(root, encoding="unicode")


def with_cells(number: int, **texts: str) -> str:
    """The ladder with cells of a row saying something else: `in_4` is its fourth condition."""
    root, by_id = parsed()
    for name, text in texts.items():
        by_id[f"{ROW}{number}_{name}"].find(f"{DMN}text").text = text
    return etree.tostring(root, encoding="unicode")


@given(st.integers(1, ROWS))
@settings(max_examples=ROWS, deadline=None)
def test_without_any_of_its_rows_it_has_a_gap(number: int) -> None:
    with pytest.raises(LadderRefused, match="No row says who is told"):
        read_ladder(without(number))


@given(st.integers(1, ROWS))
@settings(max_examples=ROWS, deadline=None)
def test_with_any_of_its_rows_twice_it_overlaps(number: int) -> None:
    with pytest.raises(LadderRefused, match=rf"Row {number} .* and row {ROWS + 1} both stand for"):
        read_ladder(twice(number))


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_with_any_bound_moved_it_is_refused(data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(shipped().rows))
    first, last = row.days.runs[0]
    by = data.draw(st.integers(-20, 20).filter(bool))
    bounds = (
        [f"<= {last + by}"]
        if first < -1000
        else [f">= {first + by}"]
        if last > 1000
        else [f"[{first + by}..{last}]", f"[{first}..{last + by}]"]
    )
    with pytest.raises(LadderRefused, match=r"No row says|both stand|No day lies"):
        read_ladder(with_cells(row.number, in_4=data.draw(st.sampled_from(bounds))))


def test_a_gap_is_told_with_the_cell_beside_it_and_an_example() -> None:
    wrong = found(another(TEXT, "[-14..-8]", "[-14..-9]"))
    assert (wrong.element, wrong.rule) == (f"{ROW}4_in_4", "ladder-gap")
    assert wrong.message == (
        "No row says who is told 8 days ahead, for example for"
        " agency (any other), rule (any other), kind (any other), days -8, answered (any other)."
    )
    assert "Row 4 (“Two weeks ahead: whoever holds the task (prealert_14d)”) ends" in wrong.remedy


def test_an_overlap_is_told_with_both_rows_and_an_example() -> None:
    wrong = found(another(TEXT, "[-14..-8]", "[-14..-7]"))
    assert (wrong.element, wrong.rule) == (f"{ROW}5_in_4", "ladder-overlap")
    assert "and row 5 both stand for agency" in wrong.message
    assert "days -7" in wrong.message


CELLS: dict[str, tuple[str, str, str]] = {
    "level": (with_cells(9, out_1='"head"'), "ladder-unknown-level", f"{ROW}9_out_1"),
    "role": (with_cells(9, out_2='["governor"]'), "ladder-unknown-role", f"{ROW}9_out_2"),
    "channel": (with_cells(9, out_3='"pigeon"'), "ladder-unknown-channel", f"{ROW}9_out_3"),
    "wording": (with_cells(9, out_4='"mised"'), "ladder-unknown-wording", f"{ROW}9_out_4"),
    "agency": (with_cells(13, in_1='"cahms"'), "ladder-unknown-agency", f"{ROW}13_in_1"),
    "rule": (with_cells(3, in_2='"reg8_advice"'), "ladder-unknown-rule", f"{ROW}3_in_2"),
    "kind": (with_cells(28, in_3='"legal"'), "ladder-unknown-kind", f"{ROW}28_in_3"),
}
KNOWN = Known(
    agencies={"camhs", "childrens_therapies", "child_health", "icb", "social_care", "send_team"},
    rules={"reg8_advice_6w", "reg26_advice_6w", "det_reg8_advice_6w"},
    kinds={"statutory"},
    wordings={"reminder", "nearing", "urgent", "missed", "handed_up", "board"},
)


@pytest.mark.parametrize("column", CELLS)
def test_a_word_that_nothing_goes_by_is_refused_with_its_cell(column: str) -> None:
    text, rule, element = CELLS[column]
    assert check(TEXT, known=KNOWN) == []
    wrong = found(text, KNOWN)
    assert (wrong.rule, wrong.element, wrong.severity) == (rule, element, "error")
    assert wrong.remedy


@pytest.mark.parametrize(
    ("text", "rule", "element"),
    [
        (with_cells(9, in_4="days > 3"), "ladder-cell", f"{ROW}9_in_4"),
        (with_cells(9, in_1="agency"), "ladder-cell", f"{ROW}9_in_1"),
        (with_cells(9, out_2=""), "ladder-cell", f"{ROW}9_out_2"),
        (with_cells(9, out_1="null"), "ladder-cell", f"{ROW}9_out_1"),
        (with_cells(9, out_3='["email", "text"]'), "ladder-cell", f"{ROW}9_out_3"),
        (with_cells(9, out_2='if true then "a" else "b"'), "ladder-cell", f"{ROW}9_out_2"),
        (with_cells(1, out_2='"task_holder"'), "ladder-cell", f"{ROW}1_out_2"),
        (with_cells(4, in_4="[-800..-8]"), "ladder-too-early", f"{ROW}4_in_4"),
        (TEXT.replace('name="role"', 'name="who"'), "ladder-columns", "escalation_ladder_table"),
        (
            TEXT.replace("<text>days</text>", "<text>days + 1</text>"),
            "ladder-columns",
            "escalation_ladder_table",
        ),
        (
            TEXT.replace('_table">', '_table" hitPolicy="FIRST">'),
            "ladder-hit-policy",
            "escalation_ladder_table",
        ),
        (TEXT.replace(f'id="{ROW}5">', f'id="{ROW}4">'), "ladder-row-id", f"{ROW}4"),
        (TEXT.replace('id="escalation_ladder"', 'id="staircase"'), "ladder-no-table", ""),
        ("<definitions/>", "ladder-no-table", ""),
        ("escalate!", "ladder-no-table", ""),
    ],
)
def test_what_is_not_a_ladder_is_refused_where_it_is_wrong(text: str, rule: str, element: str) -> None:
    assert text != TEXT
    wrong = found(text)
    assert (wrong.rule, wrong.element) == (rule, element)
    assert wrong.message
    assert wrong.remedy


def test_nobody_may_be_told_of_what_is_late() -> None:
    text = with_cells(29, out_1='"none"', out_2="", out_3="", out_4="")
    wrong = found(text)
    assert (wrong.rule, wrong.element) == ("ladder-silent", f"{ROW}29_in_4")
    assert wrong.message == "By row 29 nobody is told of a limit that is late."


def test_a_level_that_falls_is_a_warning() -> None:
    wrong = found(with_cells(28, out_1='"task_holder"'))
    assert (wrong.severity, wrong.rule) == ("warning", "ladder-falls")
    assert read_ladder(with_cells(28, out_1='"task_holder"')).rows


def test_rows_without_end_are_refused_before_they_are_looked_at() -> None:
    root, by_id = parsed()
    table = by_id["escalation_ladder_table"]
    last = table[-1]
    for number in range(1_000):
        again = deepcopy(last)
        again.set("id", f"more_{number}")
        table.append(again)
    wrong = found(etree.tostring(root, encoding="unicode"))
    assert wrong.rule == "ladder-too-long"


def test_an_answer_or_a_rule_that_never_comes_is_a_warning() -> None:
    known = Known(
        agencies=KNOWN.agencies,
        rules=KNOWN.rules,
        kinds=KNOWN.kinds,
        untold={"reg26_advice_6w"},
        answers={"capacity"},
    )
    text = another(TEXT, 'not("none")', 'not("none", "capcity")')
    text = another(text, '"none"', '"none", "capcity"')
    rules = {finding.rule for finding in check(text, known=known) if finding.severity == "warning"}
    assert rules == {"ladder-unknown-answered", "ladder-untold-rule"}


def test_the_findings_of_a_file_name_it() -> None:
    with pytest.raises(LadderRefused, match=rf"^{FILE}: {ROW}"):
        read_ladder(without(9))
    assert read_ladder(kept_longer())


CELL = st.one_of(
    st.text(max_size=30).filter(lambda text: text.isprintable()),
    st.lists(
        st.sampled_from(
            [
                "not(",
                ")",
                '"camhs"',
                '"none"',
                ",",
                "[",
                "]",
                "..",
                "-",
                "3",
                "<",
                ">=",
                "null",
                "days",
                "?",
                "if",
            ]
        ),
        max_size=9,
    ).map(" ".join),
)


@given(st.integers(1, ROWS), st.sampled_from(["in", "out"]), st.integers(1, 4), CELL)
@settings(max_examples=60, deadline=None)
def test_whatever_a_cell_says_there_is_an_answer(number: int, sort: str, column: int, text: str) -> None:
    edited = with_cells(number, **{f"{sort}_{column}": text})
    wrong = check(edited, known=KNOWN)
    assert all(finding.message and finding.remedy for finding in wrong)
    if not [finding for finding in wrong if finding.severity == "error"]:
        rung = read_ladder(edited).decide(agency="camhs", rule="reg8_advice_6w", kind="statutory", days=1)
        assert rung is not None
