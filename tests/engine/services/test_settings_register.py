"""The national register is read row by row: the same again changes nothing, and what is wrong is named."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.settings import settings
from engine.config import ROOT
from engine.errors import BadInput
from engine.services.imports.settings_register import ENCODING, ImportReport, import_settings, list_settings
from engine.store.organisation_tables import setting
from tests.engine.services.rows import count
from tests.support.desk import Desk, opened_desk

EXAMPLES = ROOT / "tests" / "examples"
REGISTER = EXAMPLES / "edubasealldata20261102.csv"
LINKS = EXAMPLES / "links_edubasealldata20261102.csv"


def read(desk: Desk, text: str | None = None, *, dry_run: bool = False) -> ImportReport:
    register = io.StringIO(text if text is not None else REGISTER.read_text(ENCODING))
    links = io.StringIO(LINKS.read_text(ENCODING))
    return import_settings(desk.engine, desk.authority, register, links, dry_run=dry_run)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.same, report.refused


def test_the_same_file_again_changes_nothing(either_desk: Desk) -> None:
    assert counts(read(either_desk)) == (4, 0, 0, 2)
    assert counts(read(either_desk)) == (0, 0, 4, 2)


def test_what_is_refused_is_named_by_its_line_and_reason(either_desk: Desk) -> None:
    refused = [row for row in read(either_desk).rows if row.outcome == "refused"]
    assert [(row.line, row.urn) for row in refused] == [(6, "12x"), (7, "103098")]
    assert "OpenDate isn't a day" in refused[1].details


def test_a_dry_run_says_the_same_and_keeps_nothing(either_desk: Desk) -> None:
    tried = read(either_desk, dry_run=True)
    assert count(either_desk, setting) == 0
    assert tried.rows == read(either_desk).rows


def test_a_setting_that_closes_stays_with_who_took_its_place(either_desk: Desk) -> None:
    read(either_desk)
    closing = REGISTER.read_text(ENCODING).replace("Oakmere Primary School,Community school,Open",
                                                   "Oakmere Primary School,Community school,Closed")  # fmt: skip
    report = read(either_desk, closing)
    assert [(row.urn, row.details) for row in report.rows if row.outcome == "changed"] == [
        ("103001", "status")
    ]
    who = either_desk.member("caseworker")
    closed = list_settings(either_desk.engine, who, is_open=False, area="333").items
    assert [(each.urn, each.successors) for each in closed] == [("103001", []), ("103099", ["103001"])]


def test_settings_are_found_by_a_part_of_the_name_a_page_at_a_time(either_desk: Desk) -> None:
    read(either_desk)
    who = either_desk.member("caseworker")
    found = list_settings(either_desk.engine, who, search="CHÂTEAU")
    assert [each.name for each in found.items] == ["Château Road Infant School"]
    first = list_settings(either_desk.engine, who, limit=3)
    rest = list_settings(either_desk.engine, who, limit=3, cursor=first.page.end_cursor)
    assert [each.urn for each in (*first.items, *rest.items)] == ["103001", "103006", "103099", "199001"]


def test_a_file_of_another_kind_is_refused(either_desk: Desk) -> None:
    with pytest.raises(BadInput, match="lacks the columns URN"):
        read(either_desk, "a,b\n1,2\n")


def test_the_command_reads_files_as_they_come(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    with opened_desk(sqlite_url):
        done = CliRunner().invoke(settings, ["import", str(Path(REGISTER)), "--links", str(LINKS)])
    assert done.exit_code == 1, done.output
    assert done.output.splitlines()[-1] == "Done: 4 added, 0 changed, 0 the same, 2 refused."
