"""A case goes its way over HTTP while the log is written as in service: nobody can be known by it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from api.requests.schemas import NEW_REQUEST
from engine import logs
from tests.api.office import CASES, TASKS, Office

#: Whose people work on their tasks here.
MEMBERS = (
    "send_team",
    "educational_psychology",
    "camhs",
    "child_health",
    "childrens_therapies",
    "social_care",
)


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root, ours = logging.getLogger(), logging.getLogger("ehc")
    before = root.handlers[:], root.level, ours.level
    written = io.StringIO()
    logs.configure("json", written)
    yield written
    root.handlers[:], root.level = before[0], before[1]
    ours.setLevel(before[2])


def words(value: object) -> set[str]:
    """Every text in what was sent that somebody wrote: names and sentences, not the words of a choice."""
    if isinstance(value, dict):
        return set().union(*(words(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(words(each) for each in value))
    written = isinstance(value, str) and len(value) > 3 and not value.islower() and not value.isdigit()
    return {str(value)} if written else set()


def test_nothing_that_was_sent_or_answered_is_in_the_log(office: Office, stream: io.StringIO) -> None:
    case = office.registered_request()
    officer = office.caller("caseworker")
    sent = words(NEW_REQUEST)
    for _ in range(4):
        tasks = officer.get(f"{TASKS}?caseKey={case}&unassigned=true").get_json()["items"]
        for task in tasks:
            answers = office.example(task["key"])
            sent |= words(answers)
            if task["organisation"] not in MEMBERS:
                continue
            worker = office.caller((task["candidateGroups"] or ["caseworker"])[0], task["organisation"])
            worker.post(f"{TASKS}/{task['key']}/complete", {"answers": {"unknown": "Robin Secret"}})
            assert worker.post(f"{TASKS}/{task['key']}/complete", {"answers": answers}).status_code == 200
    officer.get(f"{CASES}?search=Robin")
    officer.get(f"{CASES}/{case}/family")
    written = stream.getvalue()
    lines = [json.loads(line) for line in written.splitlines()]
    assert len(lines) > 10
    assert all(line["request_id"] for line in lines)
    assert all(set(line) <= logs.FIELDS for line in lines)
    assert "Robin" not in written
    assert {text for text in sent if text in written} == set()
