"""Records are kept as long as a rule says, held when they must be, and destroyed by two people, with proof."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from api.requests.schemas import NEW_REQUEST
from api.retention.schemas import (
    Destruction,
    DestructionPage,
    DueRecordsPage,
    Hold,
    HoldPage,
    RetentionRulePage,
)
from engine.errors import SetupError
from engine.services.audit import audit, audit_of_authority
from engine.services.records import destruction
from engine.services.records.destruction import STAYS, tables_destroyed
from engine.services.records.retention_rules import DEFAULTS, read_rules, rule_on
from engine.store import tables
from tests.api.asking import Caller, fields, problem
from tests.api.office import CASES, Office, opened_office, send_file
from tests.api.test_contract import differences

RETENTION = "/api/v1/retention"
DESTRUCTIONS = "/api/v1/destructions"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def later(databases: Any, request: pytest.FixtureRequest) -> Iterator[tuple[Office, str]]:
    """An office many years after a request was withdrawn, with its case."""
    with databases.migrated(request.param) as url, opened_office(url) as office:
        yield office, withdrawn(office, "Robina", "2015-03-14")


def withdrawn(office: Office, name: str, born: str) -> str:
    """A case with a family, tasks, letters and a file, that ended; its clock then stands years later."""
    child = {**NEW_REQUEST["child"], "givenName": name, "familyName": "Vanishing", "dateOfBirth": born}
    case = office.registered_request(child=child, requestedBy={"role": "parent", "name": "Samira Vanishing"})
    worker = office.caller("caseworker")
    send_file(worker, case, f"Words about {name}.".encode(), "words.txt", Idempotency_Key=name)
    office.upload(case)
    worker.post(f"{CASES}/{case}/exports", {})
    body = {"withdrawnOn": office.desk.clock.today().isoformat(), "reason": f"{name} moved away."}
    assert worker.post(f"{CASES}/{case}/withdrawal", body).status_code == 200
    return case


def years_on(office: Office, day: str) -> None:
    at = datetime.fromisoformat(f"{day}T09:00:00+00:00")
    if at > office.desk.clock.now():
        office.desk.clock.advance_to(at)


def due(caller: Caller, **query: str) -> list[dict[str, Any]]:
    answer = caller.get(f"{RETENTION}/due", query_string=query)
    assert differences(DueRecordsPage, answer.get_json()) == {}
    return list(answer.get_json()["items"])


def everything(office: Office) -> str:
    """All text in the database, but for staff and what never spoke of a child."""
    found = []
    with office.desk.engine.database.read() as connection:
        for table in tables.metadata.sorted_tables:
            found += [f"{table.name}: {tuple(row)}" for row in connection.execute(select(table))]
    return "\n".join(found)


def test_records_are_destroyed_by_two_people_and_what_is_left_proves_it(later: tuple[Office, str]) -> None:
    office, case = later
    head, admin = office.caller("group_head"), office.caller("administrator")
    engine = office.desk.engine
    assert "Robina" in everything(office)
    problem(head.post(f"{CASES}/{case}/destruction"), 409, "conflict")
    years_on(office, "2046-03-14")
    (listed,) = due(head)
    assert (listed["caseKey"], listed["dueOn"], listed["default"]) == (case, "2046-03-14", True)

    proposed = head.post(f"{CASES}/{case}/destruction")
    assert proposed.status_code == 201, proposed.text
    assert differences(Destruction, proposed.get_json()) == {}
    address = f"{DESTRUCTIONS}/{proposed.get_json()['key']}"
    problem(head.post(f"{CASES}/{case}/destruction"), 409, "conflict")
    assert "two people" in problem(head.post(f"{address}/confirmation"), 403, "not-permitted")["detail"]
    files = [path for path in engine.files.root.rglob("*") if path.is_file()]
    assert files

    done = admin.post(f"{address}/confirmation").get_json()
    assert differences(Destruction, done) == {}
    assert done["state"] == "destroyed"
    assert done["certificate"]["rows"]["document"] == done["certificate"]["documents"] > 2
    assert done["certificate"]["files"] == 1
    left = everything(office)
    for word in ("Robina", "Vanishing", "Samira", "words.txt", "2015-03-14", "moved away"):
        assert word not in left, [line for line in left.splitlines() if word in line]
    assert [path for path in engine.files.root.rglob("*") if path.is_file()] == []
    with engine.database.read() as connection:
        assert list(audit.verify(connection)) == []
        assert list(audit_of_authority.verify(connection)) == []
        for table, owners in tables_destroyed():
            if owners is None:
                count = select(func.count()).where(table.c.case_key == int(case))
                assert connection.execute(count).scalar_one() == 0, table.name
        head_of = select(tables.ehc_case.c.audit_hash).where(tables.ehc_case.c.key == int(case))
        assert connection.execute(head_of).scalar_one() == done["certificate"]["trailHash"]
        bodies = connection.execute(select(audit_of_authority.authority_event.c.body)).scalars().all()
    assert any(
        "records:destroyed" in body and done["certificate"]["documentsHash"] in body for body in bodies
    )
    assert due(head) == []
    problem(admin.post(f"{address}/confirmation"), 409, "conflict")
    assert differences(DestructionPage, head.get(DESTRUCTIONS).get_json()) == {}
    assert head.get(address).get_json() == done


def test_of_several_confirmations_at_once_one_destroys(later: tuple[Office, str]) -> None:
    office, case = later
    years_on(office, "2046-03-14")
    proposed = office.caller("group_head").post(f"{CASES}/{case}/destruction").get_json()
    address, admin = f"{DESTRUCTIONS}/{proposed['key']}", office.caller("administrator")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: admin.post(f"{address}/confirmation"), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    (done,) = (answer.get_json() for answer in answers if answer.status_code == 200)
    assert done["certificate"]["files"] == 1
    assert admin.get(address).get_json() == done


@pytest.mark.postgresql
def test_a_rejection_that_comes_meanwhile_keeps_everything(
    databases: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with databases.migrated("postgresql") as url, opened_office(url) as office:
        case = withdrawn(office, "Robina", "2015-03-14")
        years_on(office, "2046-03-14")
        head, admin = office.caller("group_head"), office.caller("administrator")
        address = f"{DESTRUCTIONS}/{head.post(f'{CASES}/{case}/destruction').get_json()['key']}"
        destroy = destruction._destroy

        def after_a_rejection(*arguments: Any) -> Any:
            with ThreadPoolExecutor(1) as elsewhere:
                assert elsewhere.submit(head.post, f"{address}/rejection").result().status_code == 200
            return destroy(*arguments)

        monkeypatch.setattr(destruction, "_destroy", after_a_rejection)
        problem(admin.post(f"{address}/confirmation"), 409, "conflict")
        assert head.get(address).get_json()["state"] == "rejected"
        assert "Robina" in everything(office)


def test_a_hold_keeps_records_until_it_is_lifted(later: tuple[Office, str]) -> None:
    office, case = later
    head, admin = office.caller("group_head"), office.caller("administrator")
    years_on(office, "2046-04-01")
    proposed = head.post(f"{CASES}/{case}/destruction").get_json()["key"]
    for held in ({"caseKey": case}, {}):
        placed = head.post(f"{RETENTION}/holds", {**held, "reason": "An inquiry."})
        assert placed.status_code == 201
        assert differences(Hold, placed.get_json()) == {}
        assert [each["onHold"] for each in due(head)] == [True]
        kept = problem(admin.post(f"{DESTRUCTIONS}/{proposed}/confirmation"), 409, "conflict")
        assert "hold" in kept["detail"]
        address = f"{RETENTION}/holds/{placed.get_json()['key']}"
        assert head("DELETE", address).get_json()["liftedAt"]
        problem(head("DELETE", address), 409, "conflict")
    assert differences(HoldPage, head.get(f"{RETENTION}/holds").get_json()) == {}
    assert set(fields(head.post(f"{RETENTION}/holds", {"caseKey": "999999", "reason": "x"}))) == {"caseKey"}
    rejected = admin.post(f"{DESTRUCTIONS}/{proposed}/rejection").get_json()
    assert rejected["state"] == "rejected"
    problem(admin.post(f"{DESTRUCTIONS}/{proposed}/confirmation"), 409, "conflict")
    assert "Robina" in everything(office)
    assert head.post(f"{CASES}/{case}/destruction").status_code == 201


def test_what_others_share_stays(office: Office) -> None:
    """The same words in another case, and that case's own child, outlive the one that is destroyed."""
    one, other = withdrawn(office, "Firstborn", "2014-01-05"), office.registered_request()
    worker, head = office.caller("caseworker"), office.caller("group_head")
    shared = send_file(worker, other, b"Words about Firstborn.", "same.txt").get_json()["key"]
    years_on(office, "2045-02-01")
    key = head.post(f"{CASES}/{one}/destruction").get_json()["key"]
    assert office.caller("administrator").post(f"{DESTRUCTIONS}/{key}/confirmation").status_code == 200
    assert worker.get(f"/api/v1/documents/{shared}/content").data == b"Words about Firstborn."
    assert worker.get(f"{CASES}/{other}").get_json()["child"]["givenName"]
    assert worker.get(f"{CASES}/{one}").get_json()["status"] == "destroyed"


def test_every_table_of_a_case_goes_or_is_said_to_stay() -> None:
    gone = {table.name for table, _ in tables_destroyed()}
    of_case = {table.name for table in tables.metadata.sorted_tables if "case_key" in table.c}
    assert of_case - set(STAYS) <= gone
    position = {table.name: number for number, (table, _) in enumerate(tables_destroyed())}
    for table, _ in tables_destroyed():
        for key in table.foreign_keys:
            target = key.column.table.name
            assert target not in position or target == table.name or position[table.name] < position[target]


# --- rules ---------------------------------------------------------------------------------------


def test_rules_are_data_with_the_day_from_which_they_hold(office: Office, tmp_path: Any) -> None:
    rules = office.caller("auditor").get(f"{RETENTION}/rules").get_json()
    assert differences(RetentionRulePage, rules) == {}
    assert {rule["recordClass"]: rule["years"] for rule in rules["items"]} == {
        "plan_file": 31,
        "request_file": 31,
    }
    own = tmp_path / "own.yaml"
    text = DEFAULTS.read_text()
    newer = text.partition("versions:")[2].partition("  request_file")[0]
    own.write_text(
        text.replace(newer, newer + newer.replace("2014-09-01", "2030-01-01").replace("31", "35"), 1)
    )
    versions = read_rules(own)["plan_file"]
    assert [rule_on(versions, date(year, 6, 1)).years for year in (2010, 2029, 2030)] == [31, 31, 35]
    for wrong in (
        "classes: []",
        text.replace("years: 31", "years: many"),
        text.replace("counts_from", "from_when"),
        "{",
    ):
        own.write_text(wrong)
        with pytest.raises(SetupError, match=r"own\.yaml"):
            read_rules(own)


@given(born=st.dates(date(1995, 1, 1), date(2030, 1, 1)))
def test_nothing_is_due_before_its_years_are_over(born: date) -> None:
    rule = rule_on(read_rules()["plan_file"], date(2026, 11, 2))
    due_on = rule.due_on(born, born + timedelta(days=9000))
    assert due_on.year == born.year + 31
    assert (due_on.month, due_on.day) == (
        (born.month, born.day) if (born.month, born.day) != (2, 29) else (3, 1)
    )
