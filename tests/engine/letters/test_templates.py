"""The shipped templates are whole and can be read by everybody; one that lacks a part can't be sent."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from engine.config import ROOT
from engine.definitions import vocabulary
from engine.law.school_age import RightsHolder
from engine.letters import APPEAL_PACK, CONTACTS, LetterRefused, Letters, Part, in_words, read_folder
from engine.letters.fields import SAMPLE

FOLDER = ROOT / "bpmn" / "notices"
KINDS = vocabulary().letters
APPEALABLE = sorted(kind for kind, letter in KINDS.items() if letter.appeal)


def values(**changes: Any) -> Mapping[str, Any]:
    return {**SAMPLE, **changes}


def written(kind: str, **changes: Any) -> Any:
    letter = Letters(read_folder(FOLDER)).write(kind, values(**changes), appealable=bool(KINDS[kind].appeal))
    return html.document_fromstring(letter.html)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped templates, to be spoilt."""
    return Path(shutil.copytree(FOLDER, tmp_path / "notices"))


def test_every_letter_has_its_template_and_every_template_its_letter() -> None:
    assert Letters(read_folder(FOLDER)).kinds() == sorted(KINDS)
    assert set(KINDS) <= set(vocabulary().notices)


def test_the_decisions_that_the_law_lets_be_appealed_are_known() -> None:
    assert {kind: KINDS[kind].appeal for kind in APPEALABLE} == {
        "refusal_to_assess": "51(2)(a)",
        "refusal_to_issue": "51(2)(b)",
        "final_plan": "51(2)(c)",
        "final_amended_plan": "51(2)(c)",
        "review_maintain": "51(2)(e)",
        "not_amending": "51(2)(e)",
        "cessation_decision": "51(2)(f)",
    }


@pytest.mark.parametrize("kind", APPEALABLE)
def test_what_can_be_appealed_carries_the_whole_pack(kind: str) -> None:
    page = written(kind)
    shown = {part.get("data-part"): part.text_content() for part in page.iter("*") if part.get("data-part")}
    assert set(shown) == {part.name for part in APPEAL_PACK}
    assert SAMPLE["appeal_until"] in shown["time_limit"]
    assert "whichever is later" in shown["time_limit"]
    assert SAMPLE["mediation_until"] in shown["mediation_time"]
    for code in CONTACTS:
        assert f"Sample {code}" in page.text_content()


@pytest.mark.parametrize("kind", APPEALABLE)
def test_only_an_appeal_about_section_i_needs_no_certificate(kind: str) -> None:
    free = KINDS[kind].certificate_free
    assert free == (KINDS[kind].appeal == "51(2)(c)")
    text = written(kind, certificate_free=free).text_content()
    assert ("do not need a mediation certificate" in text) == free
    assert "must" in text


@pytest.mark.parametrize("part", APPEAL_PACK, ids=lambda part: part.name)
def test_a_letter_without_a_part_of_the_pack_is_refused_by_its_name(folder: Path, part: Part) -> None:
    for path in folder.glob("*.html"):
        path.write_text(path.read_text().replace(f'data-part="{part.name}"', ""))
    with pytest.raises(LetterRefused, match=rf"\({part.name}\).*Add each in .*refusal_to_assess\.html"):
        Letters(read_folder(folder)).write("refusal_to_assess", values(), appealable=True)


@pytest.mark.parametrize("part", [part for part in APPEAL_PACK if part.shows], ids=lambda part: part.name)
def test_a_part_that_doesnt_show_what_it_must_is_as_good_as_missing(folder: Path, part: Part) -> None:
    for path in folder.glob("*.html"):
        spoilt = re.sub(
            rf'(data-part="{part.name}"[^>]*>)', r"\1Ask us.</p></section></dd><p>", path.read_text()
        )
        path.write_text(spoilt)
    with pytest.raises(LetterRefused, match=rf"\({part.name}\)"):
        Letters(read_folder(folder)).write("final_plan", values(), appealable=True)


@pytest.mark.parametrize("code", CONTACTS)
@pytest.mark.parametrize("nothing", [None, ""])
def test_an_authority_that_hasnt_said_a_contact_is_told_which(code: str, nothing: str | None) -> None:
    contacts = {**SAMPLE["contacts"], code: nothing}
    with pytest.raises(LetterRefused, match=rf"{code}, .*PUT /contacts"):
        Letters(read_folder(FOLDER)).write("cessation_decision", values(contacts=contacts), appealable=True)


def test_any_letter_needs_the_contacts_that_it_names() -> None:
    with pytest.raises(LetterRefused, match=r"draft_plan .*sendiass, .*PUT /contacts"):
        Letters(read_folder(FOLDER)).write(
            "draft_plan", values(contacts={"local_offer": "Here"}), appealable=False
        )


# --- for everybody to read -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("reader", RightsHolder)
def test_a_letter_can_be_read_with_any_tool(kind: str, reader: RightsHolder) -> None:
    page = written(kind, reader=reader.value)
    assert page.get("lang") == "en-GB"
    (title,) = page.findall(".//title")
    (heading,) = page.findall(".//h1")
    assert title.text.startswith(heading.text_content())
    levels = [int(each.tag[1]) for each in page.iter("h1", "h2", "h3", "h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {each.getparent().tag for each in page.iter("li")} <= {"ul", "ol"}
    assert {each.getparent().tag for each in page.iter("dt", "dd")} <= {"dl"}
    assert page.find(".//main") is not None


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_letter_needs_nothing_from_outside(kind: str) -> None:
    page = written(kind)
    assert not list(page.iter("script", "link", "img", "iframe", "object", "form"))
    assert [each for each in page.iter("*") if {"src", "href", "onclick", "style"} & set(each.keys())] == []
    assert "url(" not in html.tostring(page, encoding="unicode")


def test_no_template_holds_a_length_of_time() -> None:
    for path in FOLDER.glob("*.html"):
        assert re.findall(r"\b\d+\s+(?:working )?(?:day|week|month)", path.read_text()) == [], path.name


def test_what_people_wrote_stays_text() -> None:
    reasons = [{"title": "Why", "paragraphs": ["<script>alert(1)</script> & so on"]}]
    page = written("refusal_to_assess", reasons=reasons)
    assert not list(page.iter("script"))
    assert "<script>alert(1)</script> & so on" in page.text_content()


def test_a_young_person_is_spoken_to_and_a_parent_told_of_their_child() -> None:
    assert (
        "your education, health and care needs"
        in written("refusal_to_assess", reader="young_person", who="you", whose="your").text_content()
    )
    assert "Robin\u2019s education, health and care needs" in written("refusal_to_assess").text_content()


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 11, 2), "2 November 2026"), (date(2028, 2, 29), "29 February 2028")],
    ids=str,
)
def test_a_day_is_written_as_people_write_it(day: date, words: str) -> None:
    assert in_words(day) == words


# --- for those who edit them ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    [
        "{{ nothing_of_this_name }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ contacts.update({'sendiass': 'x'}) }}",
        "{% for x in %}",
        "{% include 'of_nothing.html' %}",
        "{% include '../authority.yaml' %}",
    ],
)
def test_a_template_that_reaches_for_what_it_may_not_have_is_refused(folder: Path, template: str) -> None:
    (folder / "draft_plan.html").write_text(template)
    with pytest.raises(LetterRefused, match=r"draft_plan\.html"):
        Letters(read_folder(folder)).write("draft_plan", values(), appealable=False)


def test_a_letter_without_template_says_where_it_belongs(folder: Path) -> None:
    (folder / "draft_plan.html").unlink()
    with pytest.raises(LetterRefused, match=r"there is no .*notices/draft_plan\.html\. Add it"):
        Letters(read_folder(folder)).write("draft_plan", values(), appealable=False)


def test_a_version_follows_the_template_and_what_it_shares(folder: Path) -> None:
    def version(kind: str) -> str:
        return Letters(read_folder(folder)).write(kind, values(), appealable=False).template_version

    draft, final = version("draft_plan"), version("final_plan")
    assert version("draft_plan") == draft != final
    _append(folder / "final_plan.html")
    assert version("draft_plan") == draft
    assert version("final_plan") != final
    _append(folder / "_appeal.html")
    assert version("draft_plan") != draft


def _append(path: Path) -> None:
    path.write_text(path.read_text() + "\n")
