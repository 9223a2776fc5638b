"""`ehc deploy` says what would change, refuses what would be lost, and keeps why it was meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cli.deploy import deploy
from engine.config import ROOT
from engine.ladder import FILE as LADDER
from engine.store.control_tables import deployment_act
from tests.api.test_deployments import without_its_overdue_plan
from tests.engine.ladder.shipped import TEXT as LADDER_TEXT
from tests.engine.ladder.shipped import another, kept_longer
from tests.support.desk import Desk, opened_desk

LOST = "request_to_plan:event-sub-process:final_plan_overdue"


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    with opened_desk(sqlite_url) as desk:
        yield desk


@pytest.fixture
def diagram(tmp_path: Path) -> Path:
    """A copy of the request's diagram to change."""
    copy = tmp_path / "request_to_plan.bpmn"
    copy.write_bytes((ROOT / "bpmn" / copy.name).read_bytes())
    return copy


def edit(diagram: Path, before: str, after: str) -> None:
    whole = diagram.read_text(encoding="utf-8")
    assert before in whole
    diagram.write_text(whole.replace(before, after), encoding="utf-8")


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(deploy, [str(each) for each in arguments])


def acts(desk: Desk) -> list[tuple[str | None, list[str]]]:
    with desk.engine.database.read() as connection:
        rows = connection.execute(select(deployment_act).order_by(deployment_act.c.key)).all()
        return [(row.reason, row.accepted_losses) for row in rows]


def test_a_dry_run_says_what_would_change_and_keeps_nothing(desk: Desk, diagram: Path) -> None:
    desk.request()
    edit(diagram, 'name="Collate request evidence"', 'name="Gather the evidence"')
    said = run(diagram, "--dry-run")
    assert said.exit_code == 0, said.output
    assert "name was “Collate request evidence”, is “Gather the evidence”" in said.output
    assert "request_to_plan: 1 running instance stays" in said.output
    assert "Nothing was kept" in said.output
    assert len(acts(desk)) == 1


def test_a_loss_is_refused_with_its_id_and_accepted_with_a_reason(desk: Desk, diagram: Path) -> None:
    diagram.write_text(without_its_overdue_plan()[diagram.name], encoding="utf-8")
    refused = run(diagram)
    assert refused.exit_code == 1
    assert LOST in refused.output
    assert len(acts(desk)) == 1
    without = run(diagram, "--accept-loss", LOST)
    assert without.exit_code == 2
    assert "--reason" in without.output
    lost = [
        word
        for word in refused.output.split()
        if word.startswith("request_to_plan:") and word.count(":") == 2
    ]
    accepted = [part for each in dict.fromkeys(lost) for part in ("--accept-loss", each)]
    done = run(diagram, *accepted, "--reason", "The limit is watched elsewhere.")
    assert done.exit_code == 0, done.output
    assert "Deployed" in done.output
    assert acts(desk)[-1] == ("The limit is watched elsewhere.", sorted(dict.fromkeys(lost)))


def test_the_same_content_again_is_nothing_to_do(desk: Desk, diagram: Path) -> None:
    said = run(diagram)
    assert said.exit_code == 0
    assert "Nothing to do" in said.output


def test_a_dry_run_says_who_would_be_told_later(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / LADDER).write_text(kept_longer(), encoding="utf-8")
    said = run(tmp_path / LADDER, "--dry-run")
    assert said.exit_code == 0, said.output
    assert "lost: The role group_head is told of what is late later" in said.output
    assert "Its id: ladder:group_head:3:5" in said.output
    refused = run(tmp_path / LADDER)
    assert (refused.exit_code, "ladder:group_head:3:5" in refused.output) == (1, True)


def test_a_ladder_that_leaves_a_day_out_is_refused_with_the_cell(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / LADDER).write_text(another(LADDER_TEXT, "[-14..-8]", "[-14..-9]"), encoding="utf-8")
    refused = run(tmp_path / LADDER, "--dry-run")
    assert refused.exit_code == 1
    assert "escalation_ladder_rule_4_in_4: No row says who is told 8 days ahead" in refused.output


def test_a_letter_is_deployed_and_one_that_lacks_a_part_is_refused_with_it(
    desk: Desk, tmp_path: Path
) -> None:
    copy = tmp_path / "final_plan.html"
    copy.write_bytes((ROOT / "bpmn" / "notices" / copy.name).read_bytes())
    edit(copy, "issued today", "issued as of today")
    said = run(copy, "--reason", "Plainer words")
    assert said.exit_code == 0, said.output
    assert "The letter final_plan says now" in said.output
    edit(copy, '{% include "_appeal.html" %}', "")
    said = run(copy, "--dry-run")
    assert said.exit_code == 1
    assert "the last day on which an appeal can arrive (time_limit)" in said.output
