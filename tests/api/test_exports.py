"""What leaves: all that is held of a child, and all that an authority has, whole and provable."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from sqlalchemy import String, func, select

from api.exports.schemas import Export, ExportPage
from api.requests.schemas import NEW_REQUEST
from cli.main import ehc
from engine.services.audit.audit import GENESIS
from engine.services.records import export_authority, export_subject
from engine.services.records.export_authority import leaving_tables, rows_of
from engine.services.records.exports import KEPT_FOR
from engine.store import tables
from engine.store.database import Database
from tests.api.asking import Caller, problem
from tests.api.office import CASES, Office, opened_office, send_file
from tests.api.test_contract import differences
from tests.support.rounds import tend

EXPORTS = "/api/v1/exports"


@pytest.fixture
def worker(office: Office) -> Caller:
    return office.caller("caseworker")


@pytest.fixture(scope="module")
def case(office: Office) -> str:
    child = {**NEW_REQUEST["child"], "givenName": "Robin", "familyName": "Example"}
    key = office.registered_request(
        child=child, requestedBy={"role": "parent", "name": "Samira Exampleton"}, settingUrn="103001"
    )
    worker = office.caller("caseworker")
    send_file(worker, key, b"Seen with Samira Exampleton.", "seen.txt")
    return key


def fetched(office: Office, caller: Caller, asked: Any) -> zipfile.ZipFile:
    """The package that was asked for, once it is written; each part is what its list says."""
    assert asked.status_code == 202, asked.text
    tend(office.desk.engine)
    found = caller.get(asked.headers["Location"]).get_json()
    assert differences(Export, found) == {}
    assert found["state"] == "ready"
    assert found["done"] == found["total"] > 0
    content = caller.get(asked.headers["Location"] + "/content")
    assert content.mimetype == "application/zip"
    assert hashlib.sha256(content.data).hexdigest() == found["digest"]
    return checked(zipfile.ZipFile(io.BytesIO(content.data)))


def checked(package: zipfile.ZipFile) -> zipfile.ZipFile:
    parts = json.loads(package.read("manifest.json"))["parts"]
    assert set(parts) == set(package.namelist()) - {"manifest.json"}
    for name, part in parts.items():
        content = package.read(name)
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (part["sha256"], part["size"])
    return package


def rows(package: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in package.read(f"tables/{table}.jsonl").splitlines()]


# --- of a child ----------------------------------------------------------------------------------


def test_all_that_is_held_of_a_child_is_given_with_what_tells_of_others_marked(
    office: Office, worker: Caller, case: str
) -> None:
    package = fetched(office, worker, worker.post(f"{CASES}/{case}/exports", {"redact": False}))
    (child,) = json.loads(package.read("data/child.json"))
    assert child["given_name"] == "Robin"
    (member,) = json.loads(package.read("data/family_member.json"))
    assert member["name"] == "Samira Exampleton"
    assert "name" in member["_thirdParty"]
    documents = json.loads(package.read("data/document.json"))
    for document in documents:
        assert package.read(document["_part"])
    assert b"Seen with Samira" in b"".join(package.read(each["_part"]) for each in documents)
    page = package.read("index.html").decode()
    assert "Robin" in page
    assert all(f'href="{document["_part"]}"' in page for document in documents)
    manifest = json.loads(package.read("manifest.json"))
    assert manifest["redacted"] is False
    assert any(mark.startswith("family_member") for mark in manifest["marked"])


def test_what_tells_of_others_is_left_out_and_what_a_program_cannot_judge_is_withheld(
    office: Office, worker: Caller, case: str
) -> None:
    hidden = send_file(worker, case, b"Safe place.", "safe.txt", Document_Hidden_From="urn:103001")
    package = fetched(office, worker, worker.post(f"{CASES}/{case}/exports", {}))
    for name in package.namelist():
        assert b"Samira" not in package.read(name), name
        assert b"Safe place" not in package.read(name), name
    (member,) = json.loads(package.read("data/family_member.json"))
    assert member["name"] == export_subject.SOMEBODY_ELSE
    withheld = json.loads(package.read("manifest.json"))["withheld"]
    assert f"document {hidden.get_json()['key']}" in withheld
    assert "Robin" in package.read("index.html").decode()


def test_whoever_asks_and_fetches_is_written_down_and_others_have_nothing(
    office: Office, worker: Caller, case: str
) -> None:
    asked = worker.post(f"{CASES}/{case}/exports", {})
    early = worker.get(asked.headers["Location"] + "/content")
    problem(early, 409, "conflict")
    fetched(office, worker, asked)
    events = [
        entry["event"] for entry in worker.get(f"{CASES}/{case}/timeline?event=export").get_json()["items"]
    ]
    assert events[-2:] == ["export:asked", "export:fetched"]
    problem(office.neighbour().get(asked.headers["Location"]), 404, "not-found")
    care = office.caller("professional", "social_care")
    problem(care.post(f"{CASES}/{case}/exports", {}), 403, "not-permitted")
    listed = worker.get(EXPORTS).get_json()
    assert differences(ExportPage, listed) == {}
    assert asked.get_json()["key"] in {each["key"] for each in listed["items"]}
    assert office.neighbour().get(EXPORTS).get_json()["items"] == []


def test_every_table_of_a_case_is_given_or_said_why_not() -> None:
    of_case = {table.name for table in tables.metadata.sorted_tables if "case_key" in table.c}
    assert set(export_subject.LEFT_OUT) - of_case == set()
    assert all(export_subject.LEFT_OUT.values())
    given = {table.name for table in export_subject.subject_tables()}
    assert of_case | {"child", "ehc_case", "family_member"} == given | set(export_subject.LEFT_OUT)


# --- of an authority -----------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def whole(databases: Any, request: pytest.FixtureRequest) -> Iterator[tuple[Office, zipfile.ZipFile]]:
    """An office with two authorities in it, and the package of the first."""
    with databases.migrated(request.param) as url, opened_office(url) as office:
        worker, admin = office.caller("caseworker"), office.caller("administrator")
        case = office.registered_request()
        send_file(worker, case, b"A file to take away.", "away.txt")
        office.bring_in_plan()
        office.neighbour().post("/api/v1/requests", {**NEW_REQUEST, "receivedOn": "2026-10-30"})
        yield office, fetched(office, admin, admin.post(EXPORTS))


def test_every_table_leaves_or_is_said_why_not(whole: tuple[Office, zipfile.ZipFile]) -> None:
    _, package = whole
    names = {table.name for table in tables.metadata.sorted_tables}
    leaving = {table.name for table in leaving_tables()}
    assert leaving == names - set(export_authority.LEFT_OUT)
    assert set(export_authority.LEFT_OUT) <= names
    written = {
        name.removeprefix("tables/").removesuffix(".jsonl")
        for name in package.namelist()
        if "tables/" in name
    }
    assert written == leaving
    readme = package.read("README.md").decode()
    assert all(f"`{name}`" in readme for name in export_authority.LEFT_OUT)


def test_everything_with_the_authority_is_in_it_and_nothing_of_another(
    whole: tuple[Office, zipfile.ZipFile],
) -> None:
    office, package = whole
    with office.desk.engine.database.read() as connection:
        for table in leaving_tables():
            if table.name in ("export", "authority_event", "authority_chain"):
                continue  # the export itself moved these on
            found = rows(package, table.name)
            if "authority" in table.c:
                own = select(func.count()).select_from(table).where(table.c.authority == "333")
                assert len(found) == connection.execute(own).scalar_one(), table.name
                assert {row["authority"] for row in found} <= {"333"}, table.name
            assert len(found) == len(list(rows_of(connection, table, "333"))), table.name
    assert len(rows(package, "ehc_case")) == 2
    assert len(rows(package, "authority")) == 1
    assert rows(package, "deployment_resource")


def test_files_leave_with_their_rows_and_no_secret_does(whole: tuple[Office, zipfile.ZipFile]) -> None:
    office, package = whole
    (file,) = rows(package, "document_file")
    assert package.read(f"files/{file['digest']}") == b"A file to take away."
    secret = {
        (table.name, column.name)
        for table in leaving_tables()
        for column in table.c
        if isinstance(column.type, String) and ("secret" in column.name or "password" in column.name)
    }
    assert secret == {
        (name, column) for name, columns in export_authority.SECRETS.items() for column in columns
    }
    with office.desk.engine.database.read() as connection:
        for name, columns in export_authority.SECRETS.items():
            table = tables.metadata.tables[name]
            query = export_authority.query_of(table, "333")
            assert not columns & {column.name for column in query.selected_columns}
            connection.execute(query)


def test_the_trail_is_proved_from_the_package_alone(whole: tuple[Office, zipfile.ZipFile]) -> None:
    _, package = whole
    heads = {row["key"]: row["audit_hash"] for row in rows(package, "ehc_case")}
    last = dict.fromkeys(heads, GENESIS)
    for event in sorted(rows(package, "audit_event"), key=lambda row: (row["case_key"], row["sequence"])):
        before = last[event["case_key"]]
        last[event["case_key"]] = hashlib.sha256((before + event["body"]).encode()).hexdigest()
        assert last[event["case_key"]] == event["hash"]
    assert last == heads


def test_an_export_expires_and_its_file_with_it(whole: tuple[Office, zipfile.ZipFile]) -> None:
    office, _ = whole
    admin, desk = office.caller("administrator"), office.desk
    (done,) = admin.get(EXPORTS).get_json()["items"]
    folder = desk.engine.files.root / "exports"
    assert len(list(folder.iterdir())) == 1
    desk.clock.advance_to(desk.clock.now() + KEPT_FOR)
    problem(admin.get(f"{EXPORTS}/{done['key']}/content"), 409, "conflict")
    tend(desk.engine)
    assert list(folder.iterdir()) == []
    assert admin.get(f"{EXPORTS}/{done['key']}").get_json()["state"] == "expired"


def test_a_writing_that_fails_is_said_to_have(office: Office, worker: Caller, case: str) -> None:

    asked = worker.post(f"{CASES}/{case}/exports", {})
    with patch("engine.services.records.exports.write_subject", side_effect=OSError("disk of Robin")):
        tend(office.desk.engine)
    assert worker.get(asked.headers["Location"]).get_json()["state"] == "failed"


def test_the_same_leaves_at_the_terminal(
    databases: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with databases.migrated("sqlite") as url:
        with opened_office(url) as office:
            office.raise_request()
        monkeypatch.setenv("EHC_DATABASE_URL", str(Database(url).url))
        answer = CliRunner().invoke(ehc, ["export", str(tmp_path / "leaving.zip")])
        assert answer.exit_code == 0, answer.output
        package = checked(zipfile.ZipFile(tmp_path / "leaving.zip"))
        assert len(rows(package, "ehc_case")) == 1
        again = CliRunner().invoke(ehc, ["export", str(tmp_path / "leaving.zip")])
        assert again.exit_code != 0
