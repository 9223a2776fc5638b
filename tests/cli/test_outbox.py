"""`ehc outbox` shows messages as they are read, sends what is due, and moves what an operator names."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from cli.outbox import outbox
from engine.errors import BadInput
from tests.support.desk import Desk, opened_desk
from tests.support.postman import message, post


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    with opened_desk(sqlite_url) as opened:
        yield opened


def ask(*words: str) -> Result:
    return CliRunner().invoke(outbox, words)


def test_it_lists_messages_for_programs(desk: Desk) -> None:
    case = desk.request()
    first, second = (post(desk, each, case_key=int(case.key), kind="task") for each in ("a", "b"))
    listed = json.loads(ask("list", "--format", "json", "--kind", "task", "--case", case.key).output)
    assert [each["key"] for each in listed] == [str(second), str(first)]
    assert set(listed[0]) >= {
        "key", "kind", "channel", "recipient", "subject", "body", "state", "attempts", "createdAt",
        "nextAt", "sentAt", "outcome", "reference",
    }  # fmt: skip
    assert "/escalations/7" in listed[0]["body"]
    assert json.loads(ask("list", "--format", "json", "--state", "failed").output) == []


def test_it_lists_messages_for_people(desk: Desk) -> None:
    post(desk, "a")
    (line,) = ask("list", "--state", "waiting", "--limit", "1").output.splitlines()
    assert "service_manager@send_team" in line


def test_what_is_held_stays_until_it_is_released(desk: Desk) -> None:
    key = post(desk, "a")
    assert ask("hold", str(key)).exit_code == 0
    ask("send")
    assert message(desk, key).state == "held"
    ask("release", str(key))
    assert ask("send").output.startswith("Messages seen to: ")
    assert message(desk, key).state == "delivered"


def test_what_failed_is_sent_again_and_the_rest_is_refused_in_words(desk: Desk) -> None:
    failed, waiting = post(desk, "a", state="failed", attempts=4), post(desk, "b")
    answer = ask("retry", str(failed), str(waiting), "999999")
    assert isinstance(answer.exception, BadInput)
    assert f"Message {waiting} is waiting" in answer.exception.message
    assert "There is no message 999999." in answer.exception.message
    assert (message(desk, failed).state, message(desk, failed).attempts) == ("waiting", 0)


@pytest.mark.parametrize("verb", ["retry", "hold", "release"])
def test_a_key_that_no_message_can_have_is_refused_in_words(desk: Desk, verb: str) -> None:
    answer = ask(verb, "9" * 21)
    assert answer.exit_code == 2
    assert "is not in the range" in answer.output
