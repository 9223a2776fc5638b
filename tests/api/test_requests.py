"""What a request for an assessment must be like to be taken."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from api.requests.identifiers import NhsNumber, Upn
from api.requests.schemas import NEW_REQUEST, NewRequest
from tests.api.asking import fields, problem
from tests.api.office import Office


def changed(path: str, value: Any) -> dict[str, Any]:
    """The example with one field set, or left out where the value is `...`."""
    body = deepcopy(NEW_REQUEST)
    *way, last = path.split(".")
    place = body
    for name in way:
        place = place.setdefault(name, {})
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return body


TAKEN = [
    ("child.upn", None), ("child.upn", ...), ("child.nhsNumber", None), ("child.nhsNumber", ...),
    ("child.nationalCurriculumYear", None), ("child.nationalCurriculumYear", -2),
    ("child.nationalCurriculumYear", 14), ("settingUrn", None), ("settingUrn", ...),
    ("requestedBy.role", "parent"), ("requestedBy.role", "young_person"), ("requestedBy.role", "school"),
    ("requestedBy.role", "other"), ("child.givenName", "Nguyễn-O'Brien"), ("circumstances", {}),
    ("circumstances.lookedAfter", True),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), TAKEN)
def test_requests_that_are_taken(path: str, value: Any) -> None:
    assert NewRequest().load(changed(path, value))


REFUSED = [
    ("child", ...), ("child", None), ("child", []), ("child.givenName", ...), ("child.givenName", ""),
    ("child.givenName", "  "), ("child.givenName", 7), ("child.familyName", "x" * 201),
    ("child.dateOfBirth", ...), ("child.dateOfBirth", "14/03/2018"), ("child.dateOfBirth", "2018-02-30"),
    ("child.nationalCurriculumYear", ...), ("child.nationalCurriculumYear", 15),
    ("child.nationalCurriculumYear", -3), ("child.nationalCurriculumYear", "3"),
    ("child.upn", "A801200005001"), ("child.upn", "B80120000500"), ("child.upn", "b801200005001"),
    ("child.upn", "I801200005001"), ("child.upn", "B80120000500O"), ("child.upn", ""),
    ("child.nhsNumber", "9990000019"), ("child.nhsNumber", "999 000 0018"), ("child.nhsNumber", 9990000018),
    ("child.nhsNumber", "999000001٨"), ("child.age", 8), ("requestedBy", ...), ("requestedBy.role", "aunt"),
    ("requestedBy.role", None), ("requestedBy.name", ...), ("requestedBy.name", ""), ("receivedOn", ...),
    ("receivedOn", None), ("receivedOn", "yesterday"), ("settingUrn", "1034567"), ("settingUrn", "012345"),
    ("settingUrn", 103456), ("circumstances.lookedAfter", "yes"), ("circumstances.lookedAfter", 1),
    ("circumstances.adopted", True), ("urgent", True),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), REFUSED)
def test_requests_that_are_refused(path: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        NewRequest().load(changed(path, value))
    found: Any = refused.value.messages
    for name in path.split("."):
        assert set(found) == {name}
        found = found[name]


# --- numbers that carry their own check --------------------------------------------------------


@pytest.mark.parametrize("upn", ["B801200005001", "A00000000000A"])
def test_pupil_numbers_by_hand(upn: str) -> None:
    assert Upn()(upn) == upn


@pytest.mark.parametrize("number", ["9990000018", "9990000050", "9990000085"])
def test_nhs_numbers_by_hand(number: str) -> None:
    assert NhsNumber()(number) == number


@given(st.integers(0, 11), st.integers(1, 9))
def test_a_mistyped_digit_of_a_pupil_number_is_noticed(place: int, more: int) -> None:
    digits = [int(sign) for sign in "801200005001"]
    digits[place] = (digits[place] + more) % 10
    with pytest.raises(ValidationError, match="check letter"):
        Upn()("B" + "".join(map(str, digits)))


@given(st.integers(0, 9), st.integers(1, 9))
def test_a_mistyped_digit_of_an_nhs_number_is_noticed(place: int, more: int) -> None:
    digits = [int(sign) for sign in "9990000085"]
    digits[place] = (digits[place] + more) % 10
    with pytest.raises(ValidationError, match="check digit"):
        NhsNumber()("".join(map(str, digits)))


def test_a_number_whose_check_would_be_ten_is_no_nhs_number() -> None:
    for last in range(10):
        with pytest.raises(ValidationError):
            NhsNumber()(f"999000000{last}")


# --- what only the day can tell ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("receivedOn", "2026-11-03", "receivedOn"),
        ("receivedOn", "2013-01-01", "receivedOn"),
        ("child.dateOfBirth", "2026-11-03", "child.dateOfBirth"),
        ("child.dateOfBirth", "2001-11-02", "child.dateOfBirth"),
    ],
)
def test_dates_that_can_not_be_right_are_refused(office: Office, path: str, value: str, field: str) -> None:
    body = changed("child.dateOfBirth", "2010-01-01")
    body["receivedOn"] = "2026-11-02"
    place = body["child"] if path.startswith("child.") else body
    place[path.split(".")[-1]] = value
    response = office.caller("caseworker").post("/api/v1/requests", body)
    problem(response, 422, "bad-input")
    assert field in fields(response)


def test_somebody_is_a_young_person_until_the_day_before_the_25th_birthday(office: Office) -> None:
    body = changed("child.dateOfBirth", "2001-11-03")
    body["receivedOn"] = "2026-11-02"
    assert office.caller("caseworker").post("/api/v1/requests", body).status_code == 201


def test_a_request_by_somebody_else_counts_from_when_it_came_to_attention(office: Office) -> None:
    key = office.raise_request(requestedBy={"role": "other", "name": "Alex Example"})
    rows = office.caller("caseworker").get(f"/api/v1/cases/{key}/deadlines").get_json()["items"]
    decide = next(row for row in rows if row["rule"] == "reg5_decide_to_assess")
    assert decide["anchor"] == "became_responsible_on"
