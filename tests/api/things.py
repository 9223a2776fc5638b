"""A value for every path parameter of the document: what a request speaks of when access to it is tried.

A new parameter needs one function here. It is given a place (a child's cases with all that hangs on them) and
whoever will ask, and gives the key of a thing there:

    @thing("widgetKey", of="case")
    def _widget(place: Place, whose: Whose) -> str:
        return place.office.add_widget(place.case)

`of` says who finds such a thing:

| of | found by | and of a restricted case |
| --- | --- | --- |
| case | the SEND team, whoever works on the case, whoever sees all of an authority | only by whoever is named |
| process | whoever holds the permission, in its authority | only by whoever is named |
| authority | whoever holds the permission, in its authority | - |
| organisation | members of the very organisation, and whoever sees all of its authority | - |
| person | the very member alone | - |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Literal, NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from engine.services.audit.audit import Actor
from engine.services.notices.pdfs import keep_pdf
from engine.services.people.accounts import open_for
from engine.services.principals import Principal
from engine.services.sign_in.clients import make_client
from engine.services.sign_in.credentials import authenticate
from engine.services.sign_in.sessions import Wish, open_session
from engine.services.sign_in.tokens import make_token
from engine.services.tasks.task_filters import Filter, save_filter
from engine.store import tables
from engine.store.account_tables import account
from engine.store.file_tables import upload
from engine.store.record_tables import destruction
from engine.store.tables import deadline, ehc_case, escalation
from engine.store.types import AnyRow
from engine.store.work_tables import contribution
from tests.api.office import Office

#: A key that nothing has.
NOWHERE = "999999"
#: The setting of both children, whose members work on both cases.
AT_THE_SCHOOL = {"settingUrn": "123456"}

Of = Literal["case", "process", "authority", "organisation", "person", "product"]


class Whose(NamedTuple):
    """Who asks: a role in an organisation of an authority."""

    role: str
    organisation: str
    authority: str = "333"


@dataclass(frozen=True)
class Place:
    """Two cases of one authority: a request for an assessment, and a plan that was brought in."""

    office: Office
    case: str
    plan: str

    @classmethod
    @cache
    def of(cls, office: Office, name: str) -> Place:
        """The place of this name in an office, the same each time."""
        assert name
        return cls(office, office.registered_request(**AT_THE_SCHOOL), office.bring_in_plan())

    def cases(self) -> tuple[str, str]:
        """The keys of both cases."""
        plan = self.office.caller("caseworker").get(f"/api/v1/plans/{self.plan}").get_json()
        return self.case, str(plan["caseKey"])


Value = Callable[[Place, Whose], str]
_VALUES: dict[str, tuple[Of, Value]] = {}


def thing(name: str, *, of: Of) -> Callable[[Value], Value]:
    """Give the values of a path parameter."""

    def register(value: Value) -> Value:
        assert name not in _VALUES, f"{name} has its values already"
        _VALUES[name] = of, value
        return value

    return register


def parameters(path: str) -> list[str]:
    """The parameters of an address.

    Raises:
        AssertionError: one has no values here.
    """
    names = re.findall(r"{(\w+)}", path)
    for name in names:
        assert name in _VALUES, (
            f"{path}: nothing is known to try {{{name}}} with. Add a function to tests/api/things.py:"
            f' @thing("{name}", of=...), which gives the key of such a thing.'
        )
    return names


def kinds(path: str) -> set[Of]:
    """What an address speaks of."""
    return {_VALUES[name][0] for name in parameters(path)}


def keys(path: str, place: Place, whose: Whose) -> dict[str, str]:
    """Values for the parameters of an address."""
    return {name: _VALUES[name][1](place, whose) for name in parameters(path)}


def nowhere(path: str) -> dict[str, str]:
    """Values of things that aren't there."""
    return dict.fromkeys(parameters(path), NOWHERE)


def known() -> Iterable[str]:
    """The parameters that have values."""
    return _VALUES


# --- cases -----------------------------------------------------------------------------------


@thing("caseKey", of="case")
def _case(place: Place, whose: Whose) -> str:
    return place.case


@thing("taskKey", of="case")
def _task(place: Place, whose: Whose) -> str:
    """A task of the own organisation, where it has one there."""
    own = [task for task in _tasks(place) if task["organisation"] == whose.organisation]
    fitting = [task for task in own if whose.role in task["candidateGroups"]]
    return str((fitting or own or _tasks(place))[0]["key"])


@cache
def _tasks(place: Place) -> list[dict[str, object]]:
    listed = place.office.caller("caseworker").get(f"/api/v1/tasks?caseKey={place.case}&limit=200")
    return list(listed.get_json()["items"])


@cache
def _sent(place: Place) -> dict[str, object]:
    return place.office.notice(place.case, "family_consultation")


@thing("noticeKey", of="case")
def _notice(place: Place, whose: Whose) -> str:
    return str(_sent(place)["key"])


@thing("deliveryKey", of="case")
def _delivery(place: Place, whose: Whose) -> str:
    return str(_sent(place)["deliveries"][0]["key"])  # type: ignore[index]


@thing("familyMemberKey", of="case")
def _family_member(place: Place, whose: Whose) -> str:
    return str(_sent(place)["deliveries"][0]["familyMemberKey"])  # type: ignore[index]


@thing("occurrence", of="case")
def _appeal(place: Place, whose: Whose) -> str:
    return "cessation-1"


# --- plans -----------------------------------------------------------------------------------


@thing("planKey", of="case")
def _plan(place: Place, whose: Whose) -> str:
    return place.plan


@thing("versionNumber", of="case")
def _version(place: Place, whose: Whose) -> str:
    return "1"


@thing("reviewKey", of="case")
def _review(place: Place, whose: Whose) -> str:
    return _begun(place)


@cache
def _begun(place: Place) -> str:
    return place.office.begin_review(place.plan)


# --- documents -------------------------------------------------------------------------------


@thing("documentKey", of="case")
def _document(place: Place, whose: Whose) -> str:
    """A file that the asker's organisation may see, if it sees the case."""
    address = f"/api/v1/cases/{place.case}/documents?kind=other&limit=200"
    listed = place.office.caller("group_head").get(address).get_json()["items"]
    fitting = [each["key"] for each in listed if whose.organisation in each["audience"]]
    return str(
        fitting[0] if fitting else place.office.document(place.case, Document_Audience=whose.organisation)
    )


@thing("deadlineKey", of="case")
def _deadline(place: Place, whose: Whose) -> str:
    """A limit of the own organisation, where it has one there."""
    listed = (
        place.office.caller("group_head").get(f"/api/v1/cases/{place.case}/deadlines").get_json()["items"]
    )
    own = [limit for limit in listed if limit["organisation"] == whose.organisation]
    return str((own or listed)[0]["key"])


@thing("childKey", of="case")
@cache
def _child(place: Place, whose: Whose) -> str:
    query = select(ehc_case.c.child_key).where(ehc_case.c.key == int(place.case))
    with place.office.desk.engine.database.read() as connection:
        return str(connection.execute(query).scalar_one())


@thing("holdKey", of="authority")
def _hold(place: Place, whose: Whose) -> str:
    held = place.office.caller("group_head").post("/api/v1/retention/holds", {"reason": "Tried."})
    return str(held.get_json()["key"])


@thing("destructionKey", of="case")
def _destruction(place: Place, whose: Whose) -> str:
    """A proposal of somebody, though nothing is due yet."""
    engine, asker = place.office.desk.engine, _asker(place, Whose("group_head", "send_team"))
    row = {
        "authority": asker.authority, "of_case": int(place.case), "state": "proposed",
        "record_class": "request_file", "due_on": engine.clock.today(), "proposed_at": engine.clock.now(),
        "proposed_by": asker.membership_key,
    }  # fmt: skip
    with engine.database.write() as connection:
        return str(connection.execute(insert(destruction).returning(destruction.c.key), row).scalar_one())


@thing("exportKey", of="case")
def _export(place: Place, whose: Whose) -> str:
    asked = place.office.caller("group_head").post(f"/api/v1/cases/{place.case}/exports", {"redact": True})
    return str(asked.get_json()["key"])


@thing("linkKey", of="case")
def _link(place: Place, whose: Whose) -> str:
    worker, address = place.office.caller("group_head"), f"/api/v1/cases/{place.case}/related"
    linked = worker.get(address).get_json()["cases"]
    if not linked:
        other = {"caseKey": place.office.raise_request(), "kind": "siblings"}
        linked = worker.post(address, other).get_json()["cases"]
    return str(linked[0]["key"])


@thing("uploadKey", of="person")
def _upload(place: Place, whose: Whose) -> str:
    """An upload of whoever will ask."""
    engine, asker = place.office.desk.engine, _asker(place, whose)
    now = engine.clock.now()
    row = {
        "authority": asker.authority, "case_key": int(place.case), "membership_key": asker.membership_key,
        "length": 4, "received": 0, "part": engine.files.new_part().name, "details": {"name": "a.txt"},
        "created_at": now, "expires_at": now + timedelta(hours=1),
    }  # fmt: skip
    with engine.database.write() as connection:
        return str(connection.execute(insert(upload).returning(upload.c.key), row).scalar_one())


# --- process control -------------------------------------------------------------------------


@thing("processDefinitionKey", of="authority")
def _definition(place: Place, whose: Whose) -> str:
    return "1"


@thing("deploymentKey", of="authority")
def _deployment(place: Place, whose: Whose) -> str:
    return "1"


@thing("resourceName", of="authority")
def _resource(place: Place, whose: Whose) -> str:
    return "advice.bpmn"


@thing("noticeKind", of="product")
def _notice_kind(place: Place, whose: Whose) -> str:
    return "decision_to_assess"


@thing("wording", of="product")
def _wording(place: Place, whose: Whose) -> str:
    return "nearing"


@thing("processInstanceKey", of="process")
def _instance(place: Place, whose: Whose) -> str:
    return str(_tasks(place)[0]["processInstanceKey"])


@thing("batchKey", of="authority")
def _batch(place: Place, whose: Whose) -> str:
    """A batch that has no more to do."""
    body = {"kind": "retry", "processInstanceKeys": [_instance(place, whose)], "reason": "It is tried."}
    made = place.office.caller("process_owner").post("/api/v1/batches", body)
    assert made.status_code == 201, made.text
    return str(made.get_json()["key"])


@thing("timerToken", of="process")
def _timer(place: Place, whose: Whose) -> str:
    """A timer of the request that waits for a limit."""
    waiting = select(tables.timer.c.token).where(tables.timer.c.case_key == int(place.case))
    with place.office.desk.engine.database.read() as connection:
        return str(connection.execute(waiting.order_by(tables.timer.c.token)).scalars().first())


@thing("incidentKey", of="process")
@cache
def _incident(place: Place, whose: Whose) -> str:
    """A step of the request that couldn't be carried out."""
    with place.office.desk.engine.database.write() as connection:
        broken = insert(tables.incident).returning(tables.incident.c.key)
        of = {"case_key": int(place.case), "instance_key": int(_instance(place, whose)), "authority": "333"}
        said = {"attempted": "go on", "message": "It failed.", "remedy": "Retry.", "state": "open"}
        now = place.office.desk.clock.now()
        return str(connection.execute(broken, {**of, **said, "created_at": now}).scalar_one())


# --- sign-in -----------------------------------------------------------------------------------


def _asker(place: Place, whose: Whose) -> Principal:
    """Who it is that will ask."""
    asker = authenticate(place.office.desk.engine, place.office.as_member(*whose).token)
    assert asker is not None
    return asker


@thing("sessionKey", of="person")
def _session(place: Place, whose: Whose) -> str:
    """A session of whoever will ask."""
    engine = place.office.desk.engine
    owner = _account_of(place, _asker(place, whose))
    with engine.database.write() as connection:
        return open_session(engine, connection, owner, Wish()).key


@thing("tokenKey", of="person")
def _token(place: Place, whose: Whose) -> str:
    """A token of whoever will ask."""
    return make_token(
        place.office.desk.engine, _asker(place, whose), label="tried", scope=["token:make"]
    ).made.key


@thing("accountKey", of="organisation")
def _account(place: Place, whose: Whose) -> str:
    """An account of the same organisation."""
    return str(_account_of(place, _asker(place, whose)).key)


@thing("clientKey", of="authority")
def _client(place: Place, whose: Whose) -> str:
    engine = place.office.desk.engine
    system = _asker(place, Whose("machine_client", "send_team"))
    made = make_client(
        engine,
        _asker(place, Whose("administrator", "send_team")),
        membership_key=str(system.membership_key),
        label="tried",
        scope=["task:read"],
    )
    return made.client.key


def _account_of(place: Place, who: Principal) -> AnyRow:
    """The account of somebody, opened where there is none."""
    engine = place.office.desk.engine
    wanted = select(account).where(account.c.person_key == who.person_key)
    with engine.database.write() as connection:
        if connection.execute(wanted).first() is None:
            open_for(
                engine,
                connection,
                who.person_key,
                who.authority,
                f"person-{who.person_key}",
                by=Actor.of(who),
            )
        return connection.execute(wanted).one()


# --- organisations and their members ---------------------------------------------------------


def _own(place: Place, whose: Whose, path: str) -> dict[str, str]:
    """The first thing of a list that belongs to the asker's own organisation."""
    listed = place.office.caller("administrator").get(f"/api/v1/{path}")
    items = [item for item in listed.get_json()["items"] if whose.organisation in item.values()]
    return dict(items[0])


@thing("organisationKey", of="organisation")
def _an_organisation(place: Place, whose: Whose) -> str:
    return _own(place, whose, f"organisations?search={whose.organisation}")["key"]


@thing("membershipKey", of="organisation")
def _a_membership(place: Place, whose: Whose) -> str:
    organisation = _an_organisation(place, whose)
    return _own(place, whose, f"memberships?organisationKey={organisation}")["key"]


@thing("absenceKey", of="authority")
def _an_absence(place: Place, whose: Whose) -> str:
    """An absence of whoever will ask, if they are anybody's to look after."""
    engine, asker = place.office.desk.engine, _asker(place, whose)
    row = {
        "authority": asker.authority, "absent_key": asker.membership_key, "covered_by_key": asker.membership_key,
        "from_on": engine.clock.today(), "to_on": engine.clock.today(),
    }  # fmt: skip
    with engine.database.write() as connection:
        return str(
            connection.execute(insert(tables.cover).values(**row).returning(tables.cover.c.key)).scalar_one()
        )


@thing("personKey", of="organisation")
def _a_person(place: Place, whose: Whose) -> str:
    organisation = _an_organisation(place, whose)
    return _own(place, whose, f"memberships?organisationKey={organisation}")["personKey"]


# --- sight -----------------------------------------------------------------------------------


@thing("consentKey", of="case")
def _consent(place: Place, whose: Whose) -> str:
    return _given(place)


@cache
def _given(place: Place) -> str:
    body = {
        "organisation": "camhs",
        "decision": "given",
        "covers": ["plan"],
        "givenBy": str(_sent(place)["deliveries"][0]["familyMemberKey"]),  # type: ignore[index]
        "from": place.office.desk.clock.today().isoformat(),
    }
    recorded = place.office.caller("caseworker").post(f"/api/v1/cases/{place.case}/consents", body)
    return str(recorded.get_json()["items"][-1]["key"])


@thing("agreementKey", of="authority")
def _agreement(place: Place, whose: Whose) -> str:
    return _agreed(place)


@cache
def _agreed(place: Place) -> str:
    place.office.setting("334", "104001")
    body = {"keptBy": "334", "urn": "104001", "from": "2026-11-02"}
    made = place.office.caller("administrator").post("/api/v1/agreements", body)
    listed = place.office.caller("administrator").get("/api/v1/agreements").get_json()["items"]
    assert made.status_code in (201, 409), made.text
    return str(listed[0]["key"])


# --- what is noted on tasks ----------------------------------------------------------------------


@thing("commentKey", of="case")
def _comment(place: Place, whose: Whose) -> str:
    """A comment for everybody, of the asker where they may write one."""
    path = f"/api/v1/tasks/{_task(place, whose)}/comments"
    said = place.office.as_member(*whose).post(path, {"text": "Tried.", "audience": "case"})
    return str(said.get_json().get("key", NOWHERE))


@thing("contributionKey", of="case")
def _contribution(place: Place, whose: Whose) -> str:
    """A contribution that the asker's organisation is asked for."""
    task = int(_task(place, Whose("caseworker", "send_team")))
    asker = _asker(place, Whose("caseworker", "send_team"))
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    row = {
        "authority": "333",
        "case_key": int(place.case),
        "task_key": task,
        "organisation": whose.organisation,
        "question": "Tried.",
        "fields": [],
        "due_on": date(2026, 12, 1),
        "state": "asked",
        "asked_at": at,
        "asked_by": asker.membership_key,
        "version": 1,
    }
    with place.office.desk.engine.database.write() as connection:
        return str(connection.execute(insert(contribution).returning(contribution.c.key), row).scalar_one())


@thing("filterKey", of="person")
def _filter(place: Place, whose: Whose) -> str:
    """A filter of whoever will ask."""
    kept = Filter(name="Tried", conditions={"overdue": True})
    return save_filter(place.office.desk.engine, _asker(place, whose), kept).key


# --- lateness ----------------------------------------------------------------------------------


@thing("rule", of="case")
def _rule(place: Place, whose: Whose) -> str:
    """A rule by which the SEND team owes something in the case."""
    return "reg5_decide_to_assess"


@thing("escalationKey", of="authority")
def _escalation(place: Place, whose: Whose) -> str:
    """The thread of a limit that the asker's organisation, or one that they follow, has missed."""
    engine = place.office.desk.engine
    owed_by = {"dco": "camhs", "dsco": "social_care"}.get(whose.role, "send_team")
    asked = select(escalation.c.key).where(escalation.c.organisation == owed_by)
    with engine.database.write() as connection:
        known = connection.execute(asked).scalar()
        if known is None:
            known = missed_by(connection, int(place.case), owed_by)
    return str(known)


def missed_by(connection: Connection, case: int, owed_by: str) -> int:
    """A missed limit of an organisation, and its thread."""
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    shared = {"authority": "333", "case_key": case, "organisation": owed_by}
    limit = {"rule": "reg8_advice_6w", "occurrence": f"tried:{owed_by}", "round": 1, "kind": "advice"}
    ends = {"nature": "deadline", "due_on": date(2026, 10, 1), "status": "late", "exceptions": []}
    new = insert(deadline).returning(deadline.c.key)
    late = connection.execute(new, {**shared, **limit, **ends, "opened_at": at}).scalar_one()
    stands = {"level": "service_manager", "reason": "missed", "state": "open"}
    raised = {"deadline_key": late, "raised_at": at, "changed_at": at}
    made = insert(escalation).returning(escalation.c.key)
    return int(connection.execute(made, {**shared, **stands, **raised}).scalar_one())


# --- webhooks ----------------------------------------------------------------------------------


@thing("webhookKey", of="authority")
def _webhook(place: Place, whose: Whose) -> str:
    admin = place.office.caller("administrator")
    there = admin.get("/api/v1/webhooks").get_json()["items"]
    if there:
        return str(there[0]["key"])
    body = {"label": "Tried", "url": "https://hooks.example/ehc", "events": ["task.created"]}
    return str(admin.post("/api/v1/webhooks", body).get_json()["webhook"]["key"])


# --- messages ----------------------------------------------------------------------------------


def _posted(place: Place, **changes: object) -> str:
    """A message about the request that waits to be sent."""
    engine = place.office.desk.engine
    now = engine.clock.now()
    row = {
        "authority": "333", "case_key": int(place.case), "kind": "alert", "reference": f"tried:{uuid4()}",
        "recipient": "tried", "channel": "email", "rank": 1, "subject": "Tried", "body": "{}",
        "state": "waiting", "attempts": 0, "created_at": now, "next_at": now, **changes,
    }  # fmt: skip
    with engine.database.write() as connection:
        posted = insert(tables.outbox).returning(tables.outbox.c.key)
        return str(connection.execute(posted, row).scalar_one())


@thing("printBatchKey", of="authority")
def _print_batch(place: Place, whose: Whose) -> str:
    """A batch of letters that isn't posted yet."""
    engine = place.office.desk.engine
    kept = keep_pdf(engine, "333", b"%PDF-1.7\n")
    row = {
        "authority": "333", "state": "made", "copies": 1, "pages": 1, "digest": kept.digest,
        "made_at": engine.clock.now(), "made_by": _asker(place, whose).membership_key,
    }  # fmt: skip
    with engine.database.write() as connection:
        made = insert(tables.print_batch).returning(tables.print_batch.c.key)
        return str(connection.execute(made, row).scalar_one())


@thing("outboxMessageKey", of="process")
def _outbox_message(place: Place, whose: Whose) -> str:
    return _posted(place)


@thing("inboxMessageKey", of="person")
def _inbox_message(place: Place, whose: Whose) -> str:
    """A message to whoever will ask."""
    return _posted(place, case_key=None, membership_key=_asker(place, whose).membership_key)
