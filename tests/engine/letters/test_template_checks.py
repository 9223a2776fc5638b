"""What a template may not do is found before anything runs: it can't reach, grow, go on for ever, or load."""

from __future__ import annotations

import time

import pytest

from engine.config import ROOT
from engine.definitions import vocabulary
from engine.definitions.letter_kinds import needs_of
from engine.letters import LetterRefused, Letters, Needs, parts_of, problems, read_folder
from engine.letters.fields import SAMPLE

SHIPPED = read_folder(ROOT / "bpmn" / "notices")
PLAIN = Needs()
PAGE = '{% extends "_letter.html" %}{% block title %}Plan{% endblock %}{% block letter %}X{% endblock %}'


def found(body: str, **parts: str) -> list[tuple[str, int | None]]:
    shared = {f"_{name}.html": text for name, text in parts.items()}
    sources = {**SHIPPED, **shared, "draft_plan.html": PAGE.replace("X", body)}
    return [(each.code, each.line) for each in problems("draft_plan", sources, PLAIN)]


@pytest.mark.parametrize("kind", sorted(vocabulary().letters))
def test_what_ships_can_be_written_for_everybody(kind: str) -> None:
    assert problems(kind, SHIPPED, needs_of(vocabulary().letters[kind])) == []


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__ }}",
        "{{ child['__class__'] }}",
        "{{ contacts.update({'sendiass': 'x'}) }}",
        "{{ child.format(1) }}",
        "{{ child|safe }}",
        "{{ child|replace('a', 'aaaa') }}",
        "{{ '%99999999d' % 1 }}",
        "{{ 'a' * 99999999 }}",
        "{{ 2 ** 999999999 }}",
        "{% autoescape false %}{{ child }}{% endautoescape %}",
        "{% for a in range(99999) %}{% endfor %}",
        "{% macro a() %}{{ a() }}{{ a() }}{% endmacro %}{{ a() }}",
        "{% set x = child ~ child %}{% set x = x ~ x %}{{ x }}",
        "{% set x %}{{ child }}{{ child }}{% endset %}{{ x }}",
        "{% for a in [1, 2] %}{{ a|join('long')|join('long') }}{% endfor %}",
        "{% import '_support.html' as s %}",
        "{% filter upper %}x{% endfilter %}",
        "{{ super() }}",
    ],
)
def test_a_template_shows_and_does_no_more(body: str) -> None:
    assert ("unsafe", 1) in found(body)


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ('{% include "_a.html" %}', {"a": '{% include "_a.html" %}'}),
        ("{{ self.letter() }}", {}),
        (
            '{% include "_a0.html" %}',
            {f"a{n}": f'{{% include "_a{n + 1}.html" %}}' * 2 for n in range(40)} | {"a40": "x"},
        ),
        ("{% for a in child %}" * 6 + "x" + "{% endfor %}" * 6, {}),
    ],
    ids=["a part of itself", "a block of itself", "parts of parts", "loops in loops"],
)
def test_a_template_comes_to_an_end(body: str, parts: dict[str, str]) -> None:
    began = time.monotonic()
    assert found(body, **parts) == [("endless", None)]
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "body",
    ["{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "{{ 1" + " + 1" * 5000 + " }}", "{% if 1 %}" * 5000],
    ids=["brackets", "a sum", "choices"],
)
def test_what_is_nested_too_deeply_is_said(body: str) -> None:
    assert {code for code, _ in found(body)} <= {"no-template", "cant-be-written", "endless"}
    assert found(body)


def test_a_template_that_is_too_long_is_refused() -> None:
    assert found("x" * 200_000) == [("too-long", None)]


@pytest.mark.parametrize(
    "body",
    [
        "<script>x</script>",
        '<img src="https://elsewhere.example/1.png">',
        '<p onclick="x">x</p>',
        '<a href="javascript:x">x</a>',
        "<style>p { background: url(https://elsewhere.example) }</style>",
        '<p style="background: url(x)">x</p>',
        '<form action="https://elsewhere.example"><button>x</button></form>',
        '<meta http-equiv="refresh" content="0">',
        "<svg><use href='x'/></svg>",
        '<iframe srcdoc="x"></iframe>',
    ],
)
def test_a_letter_loads_and_runs_nothing(body: str) -> None:
    assert ("unfit-markup", 1) in found(body)


def test_a_letter_may_lead_to_the_local_offer() -> None:
    assert found('<a href="https://offer.example/send">Local Offer</a>') == []


def test_what_is_no_whole_page_is_refused() -> None:
    sources = {**SHIPPED, "draft_plan.html": "<p>Only this.</p>"}
    (problem,) = problems("draft_plan", sources, PLAIN)
    assert "a head with a title and its language and a first heading" in problem.message
    assert "extends" in problem.remedy


def test_what_goes_wrong_while_it_is_written_has_its_line_in_its_file() -> None:
    sources = {**SHIPPED, "_reasons.html": "\n{% for reason in reasons %}{{ reason.titel }}{% endfor %}"}
    (problem,) = problems("decision_to_assess", sources, PLAIN)
    assert (problem.file, problem.line, problem.code) == ("_reasons.html", 2, "cant-be-written")


def test_the_pack_is_held_for_every_reader() -> None:
    needs = needs_of(vocabulary().letters["final_plan"])
    whole = SHIPPED["final_plan.html"]
    part = '{% include "_appeal.html" %}'
    for condition in ('reader == "parent"', "certificate_free", "reasons|length == 1"):
        spoilt = whole.replace(part, f"{{% if {condition} %}}{part}{{% endif %}}")
        codes = {each.code for each in problems("final_plan", {**SHIPPED, "final_plan.html": spoilt}, needs)}
        assert codes == {"pack-lacks-a-part"}, condition


def test_a_letter_that_no_sample_foresaw_is_held_to_the_pack_when_it_is_sent() -> None:
    whole = SHIPPED["final_plan.html"]
    part = '{% include "_appeal.html" %}'
    sly = whole.replace(part, f'{{% if authority != "Other Council" %}}{part}{{% endif %}}')
    letters = Letters({**SHIPPED, "final_plan.html": sly})
    assert problems("final_plan", letters.sources, needs_of(vocabulary().letters["final_plan"])) == []
    letters.write("final_plan", SAMPLE, appealable=True)
    with pytest.raises(LetterRefused, match=r"\(time_limit\)"):
        letters.write("final_plan", {**SAMPLE, "authority": "Other Council"}, appealable=True)


@pytest.mark.parametrize(
    "odd",
    [
        "tab\tand\u00a0space\x0b",
        "<b> & \u201cquotes\u201d",
        "line\r\nline\n\nline",
        "soft\u00adhyphen \u200b",
    ],
)
def test_whatever_signs_reasons_and_contacts_hold_the_pack_is_found(odd: str) -> None:
    values = {
        **SAMPLE,
        "reasons": [{"title": "Why", "paragraphs": [odd, "And " + odd]}],
        "contacts": {code: f"{odd}{code}" for code in SAMPLE["contacts"]},
    }
    Letters(SHIPPED).write("final_plan", values, appealable=True)


def test_a_part_is_found_through_the_parts_that_use_it() -> None:
    assert parts_of("review_amend.html", SHIPPED) == {
        "review_amend.html",
        *(f"_{name}.html" for name in ("letter", "proposal", "amendments", "reasons", "support")),
    }
