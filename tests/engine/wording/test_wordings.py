"""Templates of messages: what ships can be written, what a process owner gets wrong is said with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.wording import (
    FIELDS,
    KINDS,
    WordingRefused,
    Wordings,
    kind_of,
    problems,
    read_folder,
    sample_of,
    values_of,
)

FOLDER = Path(__file__).parents[3] / "bpmn" / "messages"
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.txt"))
GOOD = "Case {{ case }}\n\n{{ what_to_do }} by {{ by_when }}: {{ link }}\n"


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_can_be_written(name: str) -> None:
    assert list(problems(name, (FOLDER / f"{name}.txt").read_text())) == []
    written = Wordings(read_folder(FOLDER)).write(name, sample_of(name))
    assert written.subject
    assert "https://ehc.example/" in written.text
    assert "  \n" not in written.text
    assert "\n\n\n" not in written.text


def test_every_template_that_the_product_uses_ships() -> None:
    assert set(KINDS) <= set(SHIPPED)


@pytest.mark.parametrize("kind", FIELDS)
def test_no_field_could_hold_a_name(kind: str) -> None:
    assert not {"name", "child", "person", "holder", "family", "diagnosis", "document"} & set(FIELDS[kind])


@pytest.mark.parametrize(
    ("source", "code", "line", "words"),
    [
        (GOOD.replace("{{ link }}", "{{ link }} {{ child_name }}"), "unknown-field", 3, "child_name"),
        (GOOD.replace("by_when", "by_wen"), "unknown-field", 3, "Did you mean by_when?"),
        (GOOD.replace("{{ link }}", "here"), "missing-field", None, "{{ link }}"),
        (GOOD.replace("{{ case }}", "{{ case"), "no-template", 3, "Correct it."),
        ("\n\n" + GOOD, "no-subject", 1, "Write the subject there."),
        (GOOD.replace("\n\n", "\n"), "no-subject", 2, "in one line"),
        (GOOD + "{{ case.__class__.__mro__ }}", "unsafe", 4, "reaches inside"),
        (GOOD + "{{ case|replace('1', '11') }}", "unsafe", 4, "Use one of"),
        (GOOD + "{% for a in range(99999) %}x{% endfor %}", "unsafe", 4, "can't call"),
        (GOOD + "{% for a in case %}" * 5 + "{% endfor %}" * 5, "endless", None, "fewer loops"),
        (GOOD + "x" * 100_000, "too-long", None, "Shorten it."),
        (GOOD + "{% include 'x' %}", "cant-be-written", None, "Correct it."),
    ],
)
def test_what_is_wrong_is_said(source: str, code: str, line: int | None, words: str) -> None:
    found = list(problems("of_ours", source))
    assert code in {each.code for each in found}
    wrong = next(each for each in found if each.code == code)
    assert wrong.line == line
    assert words in str(wrong)
    assert "of_ours.txt" in str(wrong)


def test_a_template_that_isnt_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(WordingRefused, match="nearing"):
        Wordings(read_folder(FOLDER)).write("nowhere", {})


def test_a_body_becomes_values() -> None:
    body = {"case": "12", "dueOn": "2026-12-14", "level": "group_head", "link": "/x", "secret": "Robin"}
    values = values_of("missed", body, today=date(2026, 12, 16), base_url="https://ehc.example")
    assert (values["days_late"], values["days_left"], values["by_when"]) == (2, 0, "14 December 2026")
    assert (values["level"], values["link"]) == ("group head", "https://ehc.example/x")
    assert set(values) == set(FIELDS[kind_of("missed")])
