"""The one way through: every change of a case takes this path, in one transaction.

1. lock the case's row: everything that belongs to the case is changed under it, in the order of asking;
2. restore the instances it needs, each against exactly the definition version it runs on;
3. let what is already due fire, then act once and run to the next wait;
4. write what changed: states, tasks, timers, deadlines, audit events, documents, outbox;
5. the caller's transaction commits; only then does anything leave the process.

If step 3 fails nothing of it is kept: the caller rolls back and stores an incident (`incidents`).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    cast,
    delete,
    func,
    insert,
    null,
    select,
    union_all,
    update,
)

from engine.definitions.vocabulary import vocabulary
from engine.errors import NotFound, VersionMismatch
from engine.feel import freeze, thaw
from engine.services.audit.audit import Actor, Chain, Event
from engine.services.deadlines.deadlines import Ledger
from engine.services.environment import CaseEnvironment
from engine.services.escalations import escalations, telling
from engine.services.escalations.alert_times import AlertTimes
from engine.services.instances import LiveInstance, StepFault, insert_instance
from engine.services.messages.ways import follow_choices
from engine.services.principals import SEND_TEAM
from engine.services.processes import definitions, suspension
from engine.services.webhooks import webhook_events
from engine.spiff import StepFailed, Thrown
from engine.store import tables
from engine.store.types import AnyRow, Key, to_text

if TYPE_CHECKING:
    from engine.application import Engine

#: Rounds of messages and starts that one step may set off, before it counts as endless.
_MOST_ROUNDS = 1_000


class CaseStep:
    """One transaction's work on one case. Make it with `lock`, act, then `save`."""

    def __init__(self, engine: Engine, connection: Connection, row: AnyRow, actor: Actor) -> None:
        self.engine = engine
        self.connection = connection
        self.actor = actor
        self.case = row
        self.case_key: int = row.key
        self.authority: str = row.authority
        self.status: str = row.status
        self.received_on: date = row.received_on
        self.closed_at: datetime | None = row.closed_at
        self.now = engine.clock.now()
        self.today: date = engine.clock.today()
        self.calendar = engine.calendar(row.authority)
        self.audit = Chain(row.key, row.audit_sequence, row.audit_hash, self.now, actor)
        self.alert_times = AlertTimes(engine, connection, row.authority, self.calendar)
        self.ledger = Ledger(
            connection,
            case_key=row.key,
            authority=row.authority,
            statute=engine.statute,
            calendar=self.calendar,
            now=self.now,
            today=self.today,
            audit=self.audit,
            first_alert=self.alert_times.first,
        )
        self.environment = CaseEnvironment(self)
        self.instances: dict[int, LiveInstance] = {}
        #: What this step has read once, by name: the case's plan, its review.
        self.remembered: dict[str, Any] = {}
        #: The stored instance that is being worked on, or on whose behalf.
        self.acting: int | None = None
        #: The instance at work, be it a new one.
        self.at_work: int | None = None
        #: The instance whose timers are being fired.
        self.firing: int | None = None
        #: Whether a planned day was moved by a process: open tasks that hang on it are due on another day.
        self.moved_a_plan = False
        #: Whether, as the timers were last looked for, a final copy was due to be chased.
        self.copies_due = False
        #: Seconds after its due time of each timer that this step fired.
        self.lateness: list[float] = []
        #: Limits whose timers were fired last, and how many events of diagrams joined their threads.
        self.limits_fired: set[tuple[str, str]] = set()
        self.joined: Counter[tuple[str, str]] = Counter()
        #: How many limits were brought to where the ladder stands.
        self.alerts_followed = 0
        #: Who is to hear of lateness, until it's written.
        self.hearings: list[dict[str, Any]] = []
        self._saved = -1
        self._to_tell: deque[tuple[str, Mapping[str, object]]] = deque()
        self._to_start: deque[tuple[int | None, int | None, str, Mapping[str, object]]] = deque()
        self._outbox: list[dict[str, Any]] = []
        self._documents: list[dict[str, Any]] = []

    @classmethod
    def lock(cls, engine: Engine, connection: Connection, case: int | AnyRow, actor: Actor) -> CaseStep:
        """Wait for the case's turn and look at it.

        Args:
            case: its key, or its row as a query that is made of `CASE_LOCKED` has just found it.

        Raises:
            NotFound: there is no such case.
        """
        row = _row(connection, _THIS_CASE_LOCKED, case) if isinstance(case, int) else case
        return cls(engine, connection, row, actor)

    @classmethod
    def look(cls, engine: Engine, connection: Connection, case_key: int, actor: Actor) -> CaseStep:
        """The case as it is, without its lock: to look, never to `save`.

        Raises:
            NotFound: there is no such case.
        """
        return cls(engine, connection, _row(connection, _THIS_CASE, case_key), actor)

    def require_version(self, version: int | None) -> None:
        """See to it that the case stands where whoever asks has seen it; None: they didn't say.

        Raises:
            VersionMismatch: it has moved on.
        """
        if version is not None and version != self.case.version:
            raise VersionMismatch(
                f"Case {self.case_key} stands at version {self.case.version}, not {version}. Read it again."
            )

    # --- instances -------------------------------------------------------------------------

    def instance(self, key: int) -> LiveInstance:
        """One instance of the case, restored; the same object for the whole step."""
        if key not in self.instances:
            row = self.connection.execute(_INSTANCE, {"key": key, "case": self.case_key}).one_or_none()
            if row is None:
                raise NotFound(f"There is no process instance {key} in this case.")
            self.instances[key] = LiveInstance.restore(self, row)
        return self.instances[key]

    def active_instances(self) -> list[LiveInstance]:
        """Every running instance of the case, restored, in the order of starting."""
        keys = self.connection.execute(_ACTIVE, {"case": self.case_key}).scalars().all()
        known = [key for key in self.instances if key not in keys]
        return [self.instance(key) for key in (*keys, *known) if self.instance(key).is_active]

    def start(
        self,
        process_id: str,
        variables: Mapping[str, object],
        *,
        asked_by: int | None = None,
        parent: int | None = None,
    ) -> LiveInstance:
        """Start the newest version of a process for this case and run it to its first wait.

        Args:
            asked_by: the stored instance to blame if it can't be started.
            parent: the instance on whose behalf it begins, be it a new one.

        Raises:
            NotFound: no such process is deployed.
        """
        definition_key = definitions.latest(self.connection, self.authority, process_id)
        definition = self.engine.definitions.get(self.connection, definition_key)
        key = insert_instance(self.connection, self, definition_key, parent)
        self.at_work = key
        live = LiveInstance.start(self, key, definition, variables, asked_by=asked_by)
        self.instances[key] = live
        self.audit.append(Event.PROCESS_STARTED, process=process_id, instance=key, version=definition.version)
        return live

    def start_later(self, process_id: str, variables: Mapping[str, object]) -> None:
        """Start a process once the instance that asks for it has come to rest."""
        self._to_start.append((self.acting, self.at_work, process_id, variables))

    def tell(self, message: str, variables: Mapping[str, object]) -> None:
        """Give the case's own processes a message once the one at work has come to rest."""
        self._to_tell.append((message, variables))

    # --- acting ----------------------------------------------------------------------------

    def act(self, live: LiveInstance, action: Callable[[], object]) -> None:
        """Do one thing to an instance, and everything that follows from it in the case.

        Raises:
            InstanceSuspended: nothing is carried out in it now.
        """
        suspension.refuse_suspended(live)
        live.act(action)
        self.settle()
        if self.moved_a_plan:
            self.moved_a_plan = False
            self.rearm()

    def fire_due(self) -> int:
        """Fire every timer of the case that is due, and raise what must be heard; returns how many fired.

        What an open incident holds doesn't fire.
        """
        fired = 0
        for key in self._due_instances():
            self.firing = key
            fired += self.instance(key).fire_due()
            self.settle()
        self.firing = None
        self.limits_fired = set()
        escalations.raise_alerts(self)
        return fired

    def _due_instances(self) -> list[int]:
        """Keys of the instances of the case that have a timer due, the one due first first."""
        rows = self.connection.execute(_DUE, {"case": self.case_key, "now": self.now}).all()
        self.copies_due = any(row.instance_key is None for row in rows)
        timers = sorted((row.due_at, row.instance_key) for row in rows if row.instance_key is not None)
        return list(dict.fromkeys(key for _, key in timers))

    def settle(self) -> None:
        """Start what was asked for and deliver what was thrown or kept, until nothing is left.

        Raises:
            StepFault: it never ends, or what is to be started can't be.
        """
        for _ in range(_MOST_ROUNDS):
            thrown = [(live, event) for live in self.instances.values() for event in live.take_thrown()]
            for live, event in thrown:
                self._deliver(live, event)
            started = bool(self._to_start or self._to_tell)
            while self._to_tell:
                message, variables = self._to_tell.popleft()
                self.give(message, str(self.case_key), variables)
            while self._to_start:
                self._start_for(*self._to_start.popleft())
            if not self._offer_kept() and not thrown and not started:
                return
        raise self._fault(
            f"The step set off more than {_MOST_ROUNDS} rounds of messages and starts.",
            "Change the diagrams so that they don't answer one another for ever.",
        )

    def receive(self, message: str, key: str | None, variables: Mapping[str, object]) -> bool:
        """Give a message to whoever of this case waits for it, else keep it for later.

        Of each process one instance takes it: the end of a plan reaches its reviews and the watch alike.
        """
        taken = self.give(message, key, variables)
        self.settle()
        return taken

    def give(self, message: str, key: str | None, variables: Mapping[str, object]) -> bool:
        """As `receive`, but what follows from it is left to `settle`."""
        if self._is_taken(message, key, variables):
            return True
        if message not in vocabulary().news:
            self._keep(message, key, variables)
        return False

    def _is_taken(self, message: str, key: str | None, variables: Mapping[str, object]) -> bool:
        """Give a message to one instance of each process; it is held for one that is suspended."""
        told: set[str] = set()
        running = sorted(self.active_instances(), key=lambda live: live.suspended_at is not None)
        for live in running:
            process_id = live.definition.process_id
            if process_id in told:
                continue
            if live.suspended_at is not None:
                taken = suspension.is_held(self, live, message, key, variables)
            elif taken := live.receive(message, key, variables):
                self.audit.append(Event.MESSAGE_RECEIVED, message=message, instance=live.key)
            if taken:
                told.add(process_id)
        return bool(told)

    def _offer_kept(self) -> bool:
        """Give what is kept to those that have begun to wait; whether anything was taken."""
        anew = [live for live in self.instances.values() if live.listens_anew()]
        if not anew:
            return False
        taken = False
        for row in self.connection.execute(_KEPT, {"case": self.case_key}).all():
            if self._is_taken(row.message, row.correlation_key, thaw(row.variables)):
                self.connection.execute(_TAKE, {"row_key": row.key})
                taken = True
        return taken

    def _start_for(
        self, asked_by: int | None, parent: int | None, process_id: str, variables: Mapping[str, object]
    ) -> None:
        self.acting = asked_by
        try:
            self.start(process_id, variables, asked_by=asked_by, parent=parent)
        except NotFound as missing:
            raise self._fault(missing.message, "Deploy it, then retry.") from missing

    def _fault(self, message: str, remedy: str) -> StepFault:
        return StepFault(self.acting, StepFailed("", "", message, remedy))

    def rearm(self) -> None:
        """Work out again every waiting timer and due date that hangs on a limit of this case."""
        for live in self.active_instances():
            live.rearm()

    def _deliver(self, source: LiveInstance, event: Thrown) -> None:
        if event.kind == "message":
            self.give(event.name, event.key, event.variables)
        elif event.kind == "signal":
            for live in self.active_instances():
                if live is not source and live.suspended_at is not None:
                    suspension.hold(self, live, "signal", event.name, None, event.variables)
                elif live is not source:
                    live.act(lambda live=live: live.workflow.signal(event.name, event.variables))  # type: ignore[misc]
        elif event.kind == "escalation":
            escalations.join_thread(self, event)

    def _keep(self, message: str, key: str | None, variables: Mapping[str, object]) -> None:
        self.audit.append(Event.MESSAGE_KEPT, message=message)
        self.connection.execute(
            insert(tables.kept_message),
            {
                "authority": self.authority,
                "case_key": self.case_key,
                "message": message,
                "correlation_key": key,
                "variables": freeze(dict(variables)),
                "received_at": self.now,
            },
        )

    # --- facts of the case -----------------------------------------------------------------

    def set_status(self, status: str) -> None:
        """Say where the case stands; the statuses that end it also close it."""
        if status == self.status:
            return
        self.audit.append(Event.CASE_STATUS, before=self.status, after=status)
        self.status = status
        if status in CLOSED_STATUSES:
            self.closed_at = self.now
            self.ledger.end_guidance()

    def born_on(self) -> date:
        """The birthday of the child that the case is about."""
        born: date = self.case.born_on
        return born

    def case_received(self, on: date) -> None:
        """Correct the day that the request was received on, as the case shows it."""
        self.received_on = on

    def note_reason(self, event: Event, reason: str, **details: Any) -> None:
        """Write an event with the reason that a person gave; the words themselves are a document.

        A reason may tell something about a child, and the audit trail keeps no such thing.
        """
        self.audit.append(event, **details)
        content = to_text({"event": event.value, "reason": reason})
        self.file(
            {
                "task_key": None,
                "kind": "reason",
                "form_key": None,
                "organisation": self.actor.organisation or SEND_TEAM,
                "audience": [SEND_TEAM],
                "content": content,
                "digest": hashlib.sha256(content.encode()).hexdigest(),
                "created_at": self.now,
                "created_by": self.actor.membership_key,
            }
        )

    def post(
        self,
        kind: str,
        *,
        reference: str,
        recipient: str,
        subject: str,
        body: Mapping[str, object],
        channel: str = "inbox",
        wording: str | None = None,
        membership_key: int | None = None,
        delivery_key: int | None = None,
        rank: int = 1,
        not_before: datetime | None = None,
    ) -> None:
        """Put a message in the outbox. No name, diagnosis or document ever goes in.

        Args:
            reference: names the message for ever.
            recipient: a role of an organisation, an organisation, or the family.
            channel: by which way, if neither the member nor their organisation has chosen another.
            membership_key: the one member whose message it is.
            delivery_key: the copy of a notice that it carries.
            wording: the template of its words, filled from `body` when it is sent.
            rank: 0 goes before 1 before 2.
            not_before: the instant before which it isn't sent; without it, now.
        """
        self._outbox.append(
            {
                "authority": self.authority,
                "case_key": self.case_key,
                "kind": kind,
                "reference": reference,
                "recipient": recipient,
                "membership_key": membership_key,
                "delivery_key": delivery_key,
                "channel": channel,
                "wording": wording,
                "rank": rank,
                "subject": subject,
                "body": to_text(body),
                "state": "waiting",
                "attempts": 0,
                "created_at": self.now,
                "next_at": not_before or self.now,
            }
        )

    @property
    def filed(self) -> Sequence[Mapping[str, Any]]:
        """The documents of this step that aren't written yet, oldest first."""
        return self._documents

    def file(self, document: Mapping[str, Any]) -> None:
        """Store what a person submitted, with its own audience."""
        self._documents.append({"authority": self.authority, "case_key": self.case_key, **document})

    def just_filed(self, form_key: str) -> dict[str, Any] | None:
        """The answers of a form that were submitted in this very step, and aren't written yet."""
        for document in reversed(self._documents):
            if document["form_key"] == form_key:
                answers: dict[str, Any] = json.loads(document["content"])
                return answers
        return None

    def last_document(self) -> int:
        """The key of the case's newest document, what was submitted in this step included; 0 without any."""
        self._write_documents()
        return int(self.connection.execute(_LAST_DOCUMENT, {"case": self.case_key}).scalar() or 0)

    # --- writing ---------------------------------------------------------------------------

    def save(self) -> None:
        """Write everything that changed; saving again without a change does nothing."""
        if self._saved == self.audit.sequence:
            return
        for live in self.instances.values():
            live.write()
        self.ledger.write()
        self._write_messages()
        escalations.resolve_ended(self)
        self._write_documents()
        webhook_events.tell(self, self.audit.unwritten)
        self.audit.write(self.connection)
        self.connection.execute(
            _SAVE_CASE,
            {
                "row_key": self.case_key,
                "new_status": self.status,
                "new_received_on": self.received_on,
                "new_closed_at": self.closed_at,
                "new_audit_sequence": self.audit.sequence,
                "new_audit_hash": self.audit.head,
            },
        )
        self._saved = self.audit.sequence

    def _write_messages(self) -> None:
        """Write what is to be sent, and who is to hear of lateness by it."""
        posted: dict[str, int] = {}
        follow_choices(self.connection, self._outbox)
        if self._outbox and self.hearings:
            rows = self.connection.execute(_POST_FOR_HEARERS, self._outbox)
            posted = {row.reference: row.key for row in rows}
        elif self._outbox:
            self.connection.execute(_POST, self._outbox)
        self._outbox = []
        if self.hearings:
            telling.write(self, posted)

    def _write_documents(self) -> None:
        if self._documents:
            self.connection.execute(_FILE, self._documents)
            self._documents = []


def _row(connection: Connection, query: Select[Any], case_key: int) -> AnyRow:
    row = connection.execute(query, {"key": case_key}).one_or_none()
    if row is None:
        raise NotFound(f"There is no case {case_key}.")
    return row


#: Statuses after which nothing more is to be decided on the request.
CLOSED_STATUSES = frozenset(
    {"not_responsible", "refused", "no_plan", "plan_issued", "plan_ceased", "withdrawn"}
)

_case = tables.ehc_case
#: A case with what is asked of its child in most steps; it's locked until the transaction ends.
_CASE = select(_case, tables.child.c.date_of_birth.label("born_on")).join(
    tables.child, tables.child.c.key == _case.c.child_key
)
CASE_LOCKED = _CASE.with_for_update(key_share=True, of=_case)
_THIS_CASE, _THIS_CASE_LOCKED = (
    query.where(_case.c.key == bindparam("key")) for query in (_CASE, CASE_LOCKED)
)
_INSTANCE = select(tables.instance).where(
    tables.instance.c.key == bindparam("key"), tables.instance.c.case_key == bindparam("case")
)
_ACTIVE = (
    select(tables.instance.c.key)
    .where(tables.instance.c.case_key == bindparam("case"), tables.instance.c.status == "active")
    .order_by(tables.instance.c.key)
)
# By way of the case's instances, sorted afterwards: grouped here, SQLite looks through all timers there are.
_DUE_TIMERS = (
    select(tables.timer.c.due_at, tables.timer.c.instance_key)
    .join_from(tables.instance, tables.timer, tables.timer.c.instance_key == tables.instance.c.key)
    .where(
        tables.instance.c.case_key == bindparam("case"),
        tables.timer.c.due_at <= bindparam("now"),
        tables.NOT_HELD,
    )
)
_DUE_COPIES = select(tables.delivery.c.chase_at, cast(null(), Key)).where(
    tables.delivery.c.case_key == bindparam("case"),
    tables.delivery.c.chase_at <= bindparam("now"),
    tables.CHASES,
)
_DUE = union_all(_DUE_TIMERS, _DUE_COPIES)
_KEPT = (
    select(tables.kept_message)
    .where(tables.kept_message.c.case_key == bindparam("case"))
    .order_by(tables.kept_message.c.key)
)
_TAKE = delete(tables.kept_message).where(tables.kept_message.c.key == bindparam("row_key"))
_FILE = insert(tables.document)
_LAST_DOCUMENT = select(func.max(tables.document.c.key)).where(
    tables.document.c.case_key == bindparam("case")
)
_POST = insert(tables.outbox)
_POST_FOR_HEARERS = _POST.returning(tables.outbox.c.key, tables.outbox.c.reference)
_SAVE_CASE = (
    update(tables.ehc_case)
    .where(tables.ehc_case.c.key == bindparam("row_key"))
    .values(
        status=bindparam("new_status"),
        received_on=bindparam("new_received_on"),
        closed_at=bindparam("new_closed_at"),
        audit_sequence=bindparam("new_audit_sequence"),
        audit_hash=bindparam("new_audit_hash"),
        version=tables.ehc_case.c.version + 1,
    )
)
