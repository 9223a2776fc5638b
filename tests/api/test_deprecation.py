"""What is going away says so, in the document and in every answer, in time to follow."""

from __future__ import annotations

from datetime import date

import pytest

from api.deprecation import deprecated
from api.openapi import documented
from tests.api.asking import Caller


def test_each_answer_says_since_when_until_when_and_what_instead(things: Caller) -> None:
    headers = things.get("/things/old").headers
    assert headers["Deprecation"] == "@1793491200"
    assert headers["Sunset"] == "Mon, 01 Nov 2027 00:00:00 GMT"
    assert headers["Link"] == '</things>; rel="successor-version"'
    assert "Deprecation" not in things.get("/things").headers


def test_the_document_says_it_too(things: Caller) -> None:
    paths = documented(things.app)["paths"]
    assert paths["/things/old"]["get"]["deprecated"] is True
    assert "deprecated" not in paths["/things"]["get"]
    assert {"Deprecation", "Sunset", "Link"} <= set(
        paths["/things/old"]["get"]["responses"]["200"]["headers"]
    )


def test_less_than_a_year_is_not_enough() -> None:
    with pytest.raises(ValueError, match="at least 365 days"):
        deprecated(since=date(2026, 11, 1), sunset=date(2027, 10, 31), instead="/things")
