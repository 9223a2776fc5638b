"""`ehc migrate` says what it would do, then does it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from cli.migrate import migrate
from tests.engine.services.edited import shipped
from tests.engine.services.newer import definition, deployed, without_element
from tests.support.desk import Desk, opened_desk


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    with opened_desk(sqlite_url) as desk:
        yield desk


def test_from_a_dry_run_to_the_newer_version(desk: Desk) -> None:
    first, second = desk.request(), desk.request()
    second.until("collate_evidence")
    old = definition(desk, "request_to_plan").key
    deployed(desk, request_to_plan=without_element(shipped("request_to_plan.bpmn"), "collate_evidence"))
    new = definition(desk, "request_to_plan").key
    asked = ["--from", str(old), "--to", str(new), "--person", desk.member("process_owner").person_name]
    seen = CliRunner().invoke(migrate, asked)
    assert seen.exit_code == 0, seen.output
    assert "1 safe, 1 need a choice, 0 can't go over. Nothing was changed" in seen.output
    assert f"{second.instance_key}: need a choice" in seen.output
    done = CliRunner().invoke(migrate, [*asked, "--reason", "Newer."])
    assert done.exit_code == 1
    assert "1 of 2 went over, 1 couldn't." in done.output
    wrong = CliRunner().invoke(migrate, [*asked, "--map", "no_such=x"])
    assert "has no element no_such" in wrong.output
    assert first.waiting() == {"register_request"}
