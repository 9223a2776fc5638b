"""Pages for people: whole, without anything from outside, and usable without a mouse or a good eye."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from api.application import create_app
from api.docs.prose import inline, paragraphs
from api.problems import PROBLEM_TYPES

VOID = {"meta", "link", "br", "hr", "img"}


class Page(HTMLParser):
    """Reads a page and notes what a reader of it depends on."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.tags: list[str] = []
        self.inline_styles = 0
        self.feed(html)
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.links += [values[name] or "" for name in ("href", "src") if name in values]
        self.inline_styles += "style" in values
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(None).test_client()  # type: ignore[arg-type]


@pytest.fixture(params=["/", "/api/v1/docs"])
def page(request: pytest.FixtureRequest, client: FlaskClient) -> Page:
    response = client.get(request.param)
    assert response.status_code == 200
    assert response.content_type == "text/html; charset=utf-8"
    return Page(response.text)


def test_a_page_can_be_found_through(page: Page) -> None:
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert {"main", "title", "header", "footer"} <= set(page.tags)
    assert len(set(page.ids)) == len(page.ids)


def test_a_page_needs_nothing_from_outside(page: Page, client: FlaskClient) -> None:
    assert not {"script", "style", "iframe", "img"} & set(page.tags)
    assert page.inline_styles == 0
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.ids
        elif link != "/health/ready":
            assert link.startswith("/")
            assert client.get(link).status_code == 200


def test_the_policy_lets_nothing_else_in(client: FlaskClient) -> None:
    policy = client.get("/api/v1/docs").headers["Content-Security-Policy"]
    assert "default-src 'none'; style-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_stylesheet_is_one(client: FlaskClient) -> None:
    response = client.get("/api/v1/docs.css")
    assert response.mimetype == "text/css"
    assert "url(" not in response.text
    assert "@import" not in response.text


def test_every_operation_and_problem_is_described(client: FlaskClient) -> None:
    page = client.get("/api/v1/docs").text
    for operation in client.get("/api/v1/openapi.json").get_json()["paths"].values():
        for described in operation.values():
            if "operationId" in described:
                assert f'id="{described["operationId"]}"' in page
    for kind in PROBLEM_TYPES.values():
        assert kind.uri in page


def test_the_fields_inside_a_field_are_described_too(client: FlaskClient) -> None:
    page = client.get("/api/v1/docs").text
    assert "<code>child.dateOfBirth</code>" in page
    assert "whole number, -2 to 14 or null" in page


def test_a_page_that_is_not_accepted_is_not_sent(client: FlaskClient) -> None:
    assert client.get("/api/v1/docs", headers={"Accept": "application/json"}).status_code == 406


def test_markup_in_a_description_is_shown_and_not_followed() -> None:
    assert inline("a <b> & `<i>` **x**") == "a &lt;b&gt; &amp; <code>&lt;i&gt;</code> <strong>x</strong>"
    assert paragraphs("one\n\ntwo") == "<p>one</p><p>two</p>"
