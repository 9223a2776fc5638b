"""`ehc letters` and `ehc messages` show what would be sent, and say what would stop it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.letters import letters
from cli.messages import messages
from engine.config import ROOT
from engine.definitions import vocabulary
from engine.errors import NotFound
from engine.letters.samples import BANNER
from engine.wording import KINDS
from tests.support.desk import Desk, opened_desk

NOTICES = ROOT / "bpmn" / "notices"


@pytest.fixture(autouse=True)
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    with opened_desk(sqlite_url) as opened:
        yield opened


def ask_letters(*words: str) -> Result:
    return CliRunner().invoke(letters, words)


def ask_messages(*words: str) -> Result:
    return CliRunner().invoke(messages, words)


def test_letters_are_listed_for_people_and_programs() -> None:
    listed = ask_letters("list").output
    assert all(kind in listed for kind in vocabulary().letters)
    assert {each["kind"] for each in json.loads(ask_letters("list", "--format", "json").output)} == set(
        vocabulary().letters
    )


def test_a_letter_is_written_as_a_sample_for_whoever_reads_it(tmp_path: Path) -> None:
    page = ask_letters("preview", "refusal_to_assess")
    assert page.exit_code == 0
    assert BANNER in page.output
    file = tmp_path / "sample.html"
    assert ask_letters("preview", "refusal_to_assess", "--reader", "young_person", "-o", str(file)).output
    assert BANNER in file.read_text(encoding="utf-8")
    assert file.read_text(encoding="utf-8") != page.output


def test_a_folder_of_ones_own_is_tried_and_what_stops_it_is_said(tmp_path: Path) -> None:
    own = tmp_path / "notices"
    shutil.copytree(NOTICES, own)
    letter = own / "refusal_to_assess.html"
    letter.write_text(
        letter.read_text().replace("needs{% endblock %}", "needs (in our words){% endblock %}", 1)
    )
    for folder in (own, tmp_path):
        tried = ask_letters("preview", "refusal_to_assess", "--folder", str(folder))
        assert "(in our words)" in tried.output
    letter.write_text(letter.read_text() + "{{ diagnosis }}")
    stopped = ask_letters("preview", "refusal_to_assess", "--folder", str(own))
    assert stopped.exit_code == 1
    assert "refusal_to_assess.html, line" in stopped.output
    assert "diagnosis" in stopped.output
    assert "(in our words)" not in ask_letters("preview", "refusal_to_assess").output


def test_what_isnt_there_is_refused_with_the_nearest(tmp_path: Path) -> None:
    assert isinstance(ask_letters("preview", "refusal_to_asess").exception, NotFound)
    assert "refusal_to_assess" in str(ask_letters("preview", "refusal_to_asess").exception)
    assert "no template" in ask_letters("preview", "final_plan", "--folder", str(tmp_path)).output
    assert "-o" in ask_letters("preview", "final_plan", "--pdf").output
    assert "nearing" in str(ask_messages("preview", "nearin").exception)


def test_messages_are_listed_and_written_with_samples(tmp_path: Path) -> None:
    assert all(name in ask_messages("list").output for name in KINDS)
    assert {each["name"] for each in json.loads(ask_messages("list", "--format", "json").output)} >= set(
        KINDS
    )
    assert ask_messages("preview", "nearing").output.startswith("Subject: ")
    own = tmp_path / "own.txt"
    own.write_text((ROOT / "bpmn" / "messages" / "nearing.txt").read_text() + "{{ child }}")
    stopped = ask_messages("preview", "nearing", "--file", str(own))
    assert stopped.exit_code == 1
    assert "names anybody" in stopped.output
