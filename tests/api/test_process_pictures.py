"""Pictures of processes: whole without help from outside, readable without eyes, and true to the tokens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from lxml import etree

from engine.config import ROOT
from engine.definitions.picture import Mark, draw
from engine.definitions.picture.lettering import width_of, wrapped
from engine.spiff.names import bpmn
from tests.api.office import Office, opened_office
from tests.api.test_process_control import DEFINITIONS, INSTANCES, definition, fields, request_instance
from tests.support.browser import Page
from tests.support.databases import Databases

SVG = "{http://www.w3.org/2000/svg}"
DIAGRAMS = sorted((ROOT / "bpmn").glob("*.bpmn"))


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with databases.migrated("sqlite") as url, opened_office(url) as opened:
        yield opened


def labels(svg: str) -> dict[str, str]:
    """What a reader hears of each element."""
    root = etree.fromstring(svg.encode())
    groups = root.iter(f"{SVG}g")
    return {each.get("data-element-id"): each.get("aria-label") for each in groups if each.get("aria-label")}


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_element_that_is_drawn_is_named(path) -> None:
    svg = draw(path.read_bytes(), path.stem, description="As it is drawn.")
    source = etree.fromstring(path.read_bytes())
    drawn = {each.get("bpmnElement") for each in source.iter("{*}BPMNShape")}
    heard = labels(svg)
    assert set(heard) == drawn
    flows = {each.get("bpmnElement") for each in source.iter("{*}BPMNEdge")}
    assert flows <= {each.get("data-element-id") for each in etree.fromstring(svg.encode()).iter(f"{SVG}g")}
    for element in source.iter(bpmn("userTask")):
        assert heard[element.get("id")] == f"User task: {element.get('name')}"


def test_a_picture_asks_for_nothing_from_outside(office: Office) -> None:
    owner = office.caller("process_owner")
    key = definition(owner, "annual_review")["key"]
    response = owner.get(f"{DEFINITIONS}/{key}/picture")
    assert response.content_type.startswith("image/svg+xml")
    root = etree.fromstring(response.data)
    assert root.find(f"{SVG}title").text == "Annual review"
    for element in root.iter():
        assert etree.QName(element).localname not in ("script", "style", "image", "use", "foreignObject")
        assert not any("href" in name or name == "style" or name.startswith("on") for name in element.attrib)


def test_the_picture_of_a_version_shows_how_it_stands(office: Office) -> None:
    owner = office.caller("process_owner")
    office.registered_request()
    key = definition(owner, "request_to_plan")["key"]
    assert "open" not in labels(owner.get(f"{DEFINITIONS}/{key}/picture").text)["collate_evidence"]
    figures = owner.get(f"{DEFINITIONS}/{key}/statistics").get_json()["elements"]
    number = next(each["open"] for each in figures if each["elementId"] == "collate_evidence")
    heard = labels(owner.get(f"{DEFINITIONS}/{key}/picture?tokens=true").text)
    assert heard["collate_evidence"] == f"User task: Collate request evidence ({number} open)"


def test_the_picture_of_an_instance_shows_its_tokens_and_what_is_late(office: Office) -> None:
    owner = office.caller("process_owner")
    case = office.registered_request()
    address = f"{INSTANCES}/{request_instance(office, case)}/picture"
    heard = labels(owner.get(address).text)
    assert heard["collate_evidence"].endswith("(1 open)")
    assert heard["decide_assess"] == "User task: Decide whether to assess"
    assert "overdue" not in heard["final_plan_overdue_due"]
    office.desk.jump_to(office.desk.clock.today() + timedelta(weeks=21))
    assert "1 overdue" in labels(owner.get(address).text)["final_plan_overdue_due"]
    assert "processId" in fields(owner.get(f"{address}?processId=nothing"))
    called = labels(owner.get(f"{address}?processId=advice").text)
    assert not any("open" in words for words in called.values())


def test_a_picture_is_drawn_by_a_browser_under_the_policy_it_is_served_with(
    office: Office, browser_page: Page
) -> None:
    owner = office.caller("process_owner")
    response = owner.get(f"{DEFINITIONS}/{definition(owner, 'request_to_plan')['key']}/picture?tokens=true")
    policy = response.headers["Content-Security-Policy"]
    drawn = response.text.partition("?>")[2]
    browser_page.call(
        "setContent",
        f'<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy"'
        f' content="{policy.replace("frame-ancestors", "x-none")}"><title>x</title></head>'
        f"<body>{drawn}</body></html>",
    )
    blue = "getComputedStyle(document.querySelector('[data-element-id=collate_evidence] rect')).stroke"
    assert browser_page.evaluate(blue) == "rgb(29, 112, 184)"
    overflowing = browser_page.evaluate(
        """[...document.querySelectorAll('g[aria-label^="User task"]')].filter((group) => {
            const box = group.querySelector('rect').getBBox();
            return [...group.querySelectorAll('text')].some((text) => {
                const words = text.getBBox();
                return words.x < box.x - 2 || words.x + words.width > box.x + box.width + 2
                    || words.y + words.height > box.y + box.height + 2;
            });
        }).map((group) => group.getAttribute('aria-label'))"""
    )
    assert overflowing == []


def test_a_diagram_without_layout_says_so() -> None:
    bare = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="P"/></definitions>'
    svg = draw(bare, "p", description="As it is drawn.")
    assert "without a layout" in " ".join(etree.fromstring(svg.encode()).itertext()).replace("\n", " ")


def test_names_can_not_break_out_of_a_picture() -> None:
    name = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;so on&quot;"
    hostile = (
        (ROOT / "bpmn" / "appeal_window.bpmn").read_text().replace('name="Notice', f'name="{name} Notice')
    )
    svg = draw(hostile.encode(), "appeal_window", {"notice_sent": Mark(open=1)}, description='"<x>"')
    root = etree.fromstring(svg.encode())
    assert not list(root.iter(f"{SVG}script"))
    assert any("<script>" in (each.get("aria-label") or "") for each in root.iter())


def test_long_words_and_texts_keep_within_their_room() -> None:
    text = "Donaudampfschifffahrtsgesellschaftskapitän " * 9
    lines = wrapped(text, 80, 12)
    assert len(lines) == 8
    assert lines[-1].endswith("…")
    assert all(width_of(line, 12) <= 80 * 1.2 for line in lines)
