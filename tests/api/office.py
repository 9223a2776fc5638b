"""The people of two authorities, each of whom can ask over HTTP."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, insert, select

from api.application import create_app
from api.plans.schemas import NEW_PLAN
from api.requests.schemas import NEW_REQUEST
from engine.services.permissions import ROLES
from engine.services.principals import Principal, create_token
from engine.store import tables
from tests.api.asking import Caller
from tests.support.desk import Desk, opened_desk

TASKS = "/api/v1/tasks"
CASES = "/api/v1/cases"
PLANS = "/api/v1/plans"


def send_file(caller: Caller, case_key: str, content: bytes, name: str, **headers: str) -> Any:
    """Send a file in one request; further headers with `_` for `-`."""
    said = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Repr-Digest": f"sha-256=:{b64encode(sha256(content).digest()).decode()}:",
        "Content-Type": "application/octet-stream",
        **{key.replace("_", "-"): value for key, value in headers.items()},
    }
    return caller.post(f"{CASES}/{case_key}/documents", data=content, headers=said)


@contextmanager
def opened_office(database_url: str) -> Iterator[Office]:
    """The demonstration authority behind the interface, on a Monday in November 2026."""
    with opened_desk(database_url) as desk:
        yield Office(desk)


class Office:
    """Whoever works here can be asked to send a request."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.app = create_app(desk.engine)
        self.caller = cache(self._caller)
        self.neighbour = cache(self._neighbour)
        self._as_member = cache(self._joined)

    def raise_request(self, **changes: Any) -> str:
        """Raise a request that was received today; gives the case's key."""
        body = {**NEW_REQUEST, "receivedOn": self.desk.clock.today().isoformat(), **changes}
        response = self.caller("caseworker").post("/api/v1/requests", body)
        assert response.status_code == 201, response.text
        return str(response.get_json()["caseKey"])

    def registered_request(self, **changes: Any) -> str:
        """Raise a request and register it, so that others are told of it; gives the case's key."""
        key = self.raise_request(**changes)
        first = self.task(key, "register_request")["key"]
        done = self.caller("caseworker").post(f"{TASKS}/{first}/complete", {"answers": self.example(first)})
        assert done.status_code == 200, done.text
        return key

    def notice(self, case_key: str, kind: str) -> dict[str, Any]:
        """The newest notice of a kind, as the SEND team sees it."""
        page = self.caller("caseworker").get(f"{CASES}/{case_key}/notices").get_json()
        return next(dict(notice) for notice in page["items"] if notice["kind"] == kind)

    def bring_in_plan(self, **changes: Any) -> str:
        """Bring in a plan that another authority made; gives the plan's key.

        Another setting than the example's is sent without the example's section I.
        """
        kept = {letter: said for letter, said in NEW_PLAN["sections"].items() if letter != "I"}
        placed = {"sections": kept} if "settingUrn" in changes else {}
        response = self.caller("caseworker").post(PLANS, {**NEW_PLAN, **placed, **changes})
        assert response.status_code == 201, response.text
        return str(response.get_json()["planKey"])

    def begin_review(self, plan_key: str) -> str:
        """The key of a plan's review under way; one is begun where none is."""
        begun = self.caller("caseworker").get(f"{PLANS}/{plan_key}/reviews").get_json()["items"]
        if begun:
            return str(begun[-1]["key"])
        body = {"kind": "early", "reason": "The school reports that the needs have changed."}
        response = self.caller("caseworker").post(f"{PLANS}/{plan_key}/reviews", body)
        assert response.status_code == 201, response.text
        return str(response.get_json()["key"])

    def task(self, case_key: str, element_id: str) -> dict[str, Any]:
        """The open task of an element, as the SEND team sees it."""
        page = self.caller("caseworker").get(f"{TASKS}?caseKey={case_key}&limit=200").get_json()
        found = [task for task in page["items"] if task["elementId"] == element_id]
        assert found, f"{element_id} isn't open; open are {[task['elementId'] for task in page['items']]}"
        return dict(found[0])

    def example(self, task_key: str) -> dict[str, Any]:
        """The answer that a task's form offers as its example."""
        form = self.caller("caseworker").get(f"{TASKS}/{task_key}/form").get_json()
        return dict(form["schema"]["examples"][0])

    def document(self, case_key: str, **headers: str) -> str:
        """Send a file to a case; gives the document's key."""
        sent = send_file(self.caller("group_head"), case_key, b"Seen on Monday.\n", "note.txt", **headers)
        assert sent.status_code == 201, sent.text
        return str(sent.get_json()["key"])

    def upload(self, case_key: str, length: int = 20_000_000) -> str:
        """Begin to send a file in parts; gives the upload's key."""
        said = f"filename {b64encode(b'report.txt').decode()}"
        headers = {"Upload-Length": str(length), "Upload-Metadata": said}
        begun = self.caller("caseworker").post(f"{CASES}/{case_key}/uploads", headers=headers)
        assert begun.status_code == 201, begun.text
        return str(begun.get_json()["key"])

    def _caller(self, role: str, organisation: str = "send_team") -> Caller:
        membership = self.desk.member(role, organisation).membership_key
        return Caller(self.app, create_token(self.desk.engine, membership, "test"))

    def _neighbour(self, role: str = "caseworker") -> Caller:
        """A member of another authority's SEND team."""
        return self.as_member(role, "send_team", "334")

    def as_member(self, role: str, organisation: str, authority: str = "333") -> Caller:
        """Somebody of this role there; the organisation and the member are made where there are none."""
        assert role in ROLES
        return self._as_member(role, organisation, authority)

    def _joined(self, role: str, organisation: str, authority: str) -> Caller:
        with self.desk.engine.database.write() as connection:
            place = _organisation(connection, authority, organisation)
            person = _added(connection, tables.person, authority=authority, name=f"Nora of {organisation}")
            membership = _added(
                connection, tables.membership, authority=authority, person_key=person,
                organisation_key=place, role=role, valid_from=date(2014, 9, 1),
            )  # fmt: skip
        return Caller(self.app, create_token(self.desk.engine, membership, "test"))

    def setting(self, authority: str, urn: str) -> None:
        """A setting that an authority keeps, with a member."""
        self.as_member("setting_contact", f"urn:{urn}", authority)

    def as_principal(self, who: Principal) -> Caller:
        """A certain member."""
        return Caller(self.app, create_token(self.desk.engine, who.membership_key, "test"))

    def task_of(self, case_key: str, organisation: str) -> dict[str, Any]:
        """An organisation's first open task of a case, as the SEND team sees it."""
        page = self.caller("caseworker").get(f"{TASKS}?caseKey={case_key}&limit=200").get_json()
        return next(dict(task) for task in page["items"] if task["organisation"] == organisation)

    @contextmanager
    def in_vain(self) -> Iterator[None]:
        """Whatever is asked meanwhile is answered as ever, and then taken back."""
        try:
            with suppress(_TakenBackError), self.desk.engine.database.joined():
                yield
                raise _TakenBackError
        finally:  # tokens that were made meanwhile are gone as well
            self.caller.cache_clear()

    @contextmanager
    def kept_for_now(self) -> Iterator[None]:
        """As `in_vain`; whom tests usually ask as, are members before."""
        for role in ("caseworker", "administrator", "machine_client"):
            self.caller(role)
        self.neighbour()
        with self.in_vain():
            yield


class _TakenBackError(Exception):
    """Ends a transaction of which nothing is kept."""


def _organisation(connection: Connection, authority: str, code: str) -> Any:
    table = tables.organisation
    found = select(table.c.key).where(table.c.authority == authority, table.c.code == code)
    key = connection.execute(found).scalar()
    if key is not None:
        return key
    if (
        connection.execute(select(tables.authority).where(tables.authority.c.code == authority)).first()
        is None
    ):
        _added(connection, tables.authority, code=authority, name="Next door")
    named, urn = code.partition(":")[::2]
    kind = "setting" if named == "urn" else "other"
    values = {"authority": authority, "code": code, "name": code, "kind": kind, "urn": urn or None}
    return _added(connection, table, **values)


def _added(connection: Connection, table: Any, **values: Any) -> Any:
    return connection.execute(insert(table).returning(*table.primary_key), values).scalar_one()
