"""A case's limits: rows that the law opens, and that no diagram can lose.

A `Ledger` is one step's view of a case's anchors and deadlines. It opens a row when a limit is first
asked for, moves it when its anchor moves, and closes it when the duty is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from engine.calendar import Calendar
from engine.clock import start_of_day
from engine.errors import BadInput
from engine.law import Due, NoSuchLaw, NotComputable, Rule, Statute, due
from engine.services.audit import Chain, Event
from engine.services.ledger_rows import Key, Rows
from engine.services.liftings import Lifting, liftings_of
from engine.services.principals import SEND_TEAM
from engine.store import tables

#: Days before its last day that a limit counts as nearing, until the ladder is owned by a table.
NEARING_DAYS = 7

#: The limits that a request opens whatever a diagram says (reg 5(1), 10(1), 13(2); section 38).
FROM_THE_REQUEST = (
    "reg5_decide_to_assess",
    "reg10_decide_no_plan",
    "draft_plan_backstop",
    "reg13_2_final_20w",
)

RUNNING = "running"
_ALERTED = frozenset({"deadline"})


@dataclass
class Deadline:
    """One row; `key` is None until it is written."""

    key: int | None
    rule: str
    occurrence: str
    round: int
    organisation: str
    kind: str
    nature: str
    anchor: str | None
    anchored_on: date | None
    due_on: date | None
    broken_at: datetime | None
    status: str
    met_on: date | None
    exceptions: list[str]
    alert_at: datetime | None
    opened_at: datetime
    changed: bool = field(default=False, compare=False)

    @property
    def is_running(self) -> bool:
        """Whether the duty is still open."""
        return self.status == RUNNING

    @property
    def first_alert(self) -> datetime | None:
        """The instant from which somebody must hear of it; None for a limit that nobody is told of."""
        if self.due_on is None or not self.is_running or self.nature not in _ALERTED or self.exceptions:
            return None
        return start_of_day(self.due_on - timedelta(days=NEARING_DAYS))

    def columns(self) -> dict[str, Any]:
        """The values of the row, without its key."""
        names = (column.name for column in tables.deadline.columns)
        return {name: getattr(self, name) for name in names if name not in _GIVEN_BY_THE_CASE}


_GIVEN_BY_THE_CASE = frozenset({"key", "authority", "case_key"})


class Ledger:
    """A case's anchors and deadlines within one step."""

    def __init__(
        self,
        connection: Connection,
        *,
        case_key: int,
        authority: str,
        statute: Statute,
        calendar: Calendar,
        now: datetime,
        today: date,
        audit: Chain,
    ) -> None:
        self._connection = connection
        self._case_key = case_key
        self._owner = {"case_key": case_key, "authority": authority}
        self._statute = statute
        self._calendar = calendar
        self._now = now
        self._today = today
        self._audit = audit
        self.anchors: Rows[date] = Rows(self._anchors_left_out)
        self._new_anchors: dict[tuple[str, str], date] = {}
        self._moved_anchors: dict[tuple[str, str], date] = {}
        self.deadlines: Rows[Deadline] = Rows(self._deadlines_left_out)
        self._earlier: list[Deadline] = []
        self._liftings: list[Lifting] | None = None
        #: Whether this step closed, moved or lifted a limit: then its thread of lateness may end too.
        self.eased_any = False
        self._load()

    # --- reading ---------------------------------------------------------------------------

    def all(self) -> list[Deadline]:
        """Every deadline of the case, earlier rounds included, in the order of opening."""
        self.deadlines.read_all()
        return self._at_hand()

    def _at_hand(self) -> list[Deadline]:
        rows = [*self._earlier, *self.deadlines.at_hand()]
        return sorted(rows, key=lambda row: (row.opened_at, row.key or 1 << 60, row.rule))

    def anchor_of(self, rule: Rule, occurrence: str) -> tuple[str, date] | None:
        """The name and day of the fact that this rule counts from, if it's recorded."""
        for name in rule.anchors:
            for which in (occurrence, ""):
                if (name, which) in self.anchors:
                    return name, self.anchors[name, which]
        return None

    def due(self, rule_id: str, occurrence: str) -> Due | None:
        """What the law says today for this case; None where it has no length or no anchor yet."""
        rule = self._statute.rule(rule_id)
        facts = {
            name: self.anchors[key]
            for name in rule.anchors
            for key in ((name, ""), (name, occurrence))  # the one of its own counts before the case's
            if key in self.anchors
        }
        if not facts:
            return None
        try:
            return due(rule, facts, calendar=self._calendar)
        except (NotComputable, NoSuchLaw):
            return None

    # --- facts -----------------------------------------------------------------------------

    def record(self, name: str, on: date, occurrence: str = "", *, correcting: bool = False) -> None:
        """Record a fact; one that is known already moves, and what hangs on it with it.

        A process that records a fact again (a draft is served anew) moves what still runs, and what is
        closed stays as it was. A correction says that the fact was wrong: the outcome of what is closed is
        worked out again too.
        """
        if name not in self._statute.anchors():
            raise BadInput.field("anchor", f"{name} isn't an anchor. See: ehc statute anchors.")
        before = self.anchors.get((name, occurrence))
        if before == on:
            return
        self.anchors[name, occurrence] = on
        if before is None:
            self._new_anchors[name, occurrence] = on
            self._audit.append(Event.ANCHOR_RECORDED, anchor=name, on=on.isoformat(), occurrence=occurrence)
        else:
            self._move_anchor(name, occurrence, before, on)
        self._follow(name, occurrence, closed_too=correcting)

    def _move_anchor(self, name: str, occurrence: str, before: date, on: date) -> None:
        where = self._new_anchors if (name, occurrence) in self._new_anchors else self._moved_anchors
        where[name, occurrence] = on
        self._audit.append(
            Event.ANCHOR_CORRECTED,
            anchor=name,
            occurrence=occurrence,
            before=before.isoformat(),
            after=on.isoformat(),
        )

    def _follow(self, name: str, occurrence: str, *, closed_too: bool) -> None:
        """Move the deadlines that count from a fact."""
        if closed_too:
            self.deadlines.read_all()
        for row in self.deadlines.at_hand():
            counts_from_it = name in self._statute.rule(row.rule).anchors
            if counts_from_it and occurrence in ("", row.occurrence) and (row.is_running or closed_too):
                self._recompute(row)

    # --- opening ---------------------------------------------------------------------------

    def open(self, rule_id: str, occurrence: str = "", organisation: str = "") -> Deadline:
        """The row of this limit: the one that is there, or a new one.

        A limit that was closed and whose anchor has since moved on to a later day (a draft that is
        served again) begins a new round.
        """
        rule = self._statute.rule(rule_id)
        row = self.deadlines.get((rule_id, occurrence))
        if row is not None and not self._begins_again(row, rule, occurrence):
            return row
        if row is not None:
            self._earlier.append(row)
        return self._new(rule, occurrence, organisation, round=1 if row is None else row.round + 1)

    def _begins_again(self, row: Deadline, rule: Rule, occurrence: str) -> bool:
        if row.is_running:
            return False
        counted = self.due(rule.id, occurrence)  # where two facts count, it's the later one that tells
        anchor = self.anchor_of(rule, occurrence)
        found = counted.anchored_on if counted is not None else anchor and anchor[1]
        return found is not None and found > (row.anchored_on or found)

    def _new(self, rule: Rule, occurrence: str, organisation: str, *, round: int) -> Deadline:
        row = Deadline(
            key=None,
            rule=rule.id,
            occurrence=occurrence,
            round=round,
            organisation=organisation or SEND_TEAM,
            kind="statutory",
            nature="deadline",
            anchor=None,
            anchored_on=None,
            due_on=None,
            broken_at=None,
            status=RUNNING,
            met_on=None,
            exceptions=[],
            alert_at=None,
            opened_at=self._now,
        )
        self._compute(row)
        self.deadlines[rule.id, occurrence] = row
        self._audit.append(
            Event.DEADLINE_OPENED,
            rule=rule.id,
            occurrence=occurrence,
            due=row.due_on.isoformat() if row.due_on else None,
        )
        return row

    def take_up(self, rule_id: str, occurrence: str = "") -> Deadline:
        """The row of a limit; one that was set aside applies again."""
        row = self.open(rule_id, occurrence)
        if row.status == "superseded":
            row.status = RUNNING
            self._recompute(row)
            due_on = row.due_on.isoformat() if row.due_on else None
            self._audit.append(Event.DEADLINE_OPENED, rule=rule_id, occurrence=occurrence, due=due_on)
        return row

    def owed_by(self, rule_id: str, occurrence: str, organisation: str) -> None:
        """Say which organisation owes a limit, once a task shows it."""
        row = self.deadlines.get((rule_id, occurrence))
        if row is not None and row.is_running and row.organisation != organisation:
            row.organisation = organisation
            row.changed = True

    # --- closing ---------------------------------------------------------------------------

    def meet(self, rule_id: str, occurrence: str, on: date) -> None:
        """The duty is done on a day: on time, late excused, or late."""
        row = self.deadlines.get((rule_id, occurrence)) or self.open(rule_id, occurrence)
        if row.is_running:
            row.met_on = on
            self._close(row, self.outcome(row))

    def supersede(self, rule_id: str, occurrence: str = "") -> None:
        """The duty no longer applies (a refusal ends the wait for a plan)."""
        row = self.deadlines.get((rule_id, occurrence))
        if row is not None and row.is_running:
            self._close(row, "superseded")

    def end_guidance(self) -> None:
        """The request is decided: what was only guidance on the way (a setting's reply) no longer matters."""
        for row in self.deadlines.at_hand():
            if row.is_running and row.kind == "guidance":
                self._close(row, "superseded")

    def withdraw(self) -> None:
        """The request is withdrawn: what still runs ends."""
        for row in self.deadlines.at_hand():
            if row.is_running:
                self._close(row, "withdrawn")

    def except_rules(self, lifting: Lifting) -> None:
        """An exception lifts these limits; a late one is then excused, a running one no longer alerts.

        It must have been written before: what opens later within its days is lifted by it too.
        """
        self._liftings = None
        for row in self.all():
            is_met = lifting.names(row.rule, row.occurrence) and lifting.meets(row.anchored_on, row.due_on)
            if is_met and lifting.code not in row.exceptions:
                row.exceptions = [*row.exceptions, lifting.code]
                row.changed = self.eased_any = True
                if row.is_running:
                    row.alert_at = None
                elif row.status == "late":
                    row.status = "late_excused"

    def reopen_law(self) -> None:
        """Compute every running limit again: a calendar or a rule's dates have changed."""
        for row in self.deadlines.at_hand():
            if row.is_running:
                self._recompute(row)

    def alerts_due(self) -> list[Deadline]:
        """The limits that someone must now hear about."""
        return [
            row for row in self.deadlines.at_hand() if row.alert_at is not None and row.alert_at <= self._now
        ]

    def _close(self, row: Deadline, status: str) -> None:
        row.status = status
        row.alert_at = None
        row.changed = self.eased_any = True
        self._audit.append(
            Event.DEADLINE_CLOSED,
            rule=row.rule,
            occurrence=row.occurrence,
            status=status,
            met=row.met_on.isoformat() if row.met_on else None,
        )

    def outcome(self, row: Deadline) -> str:
        """How a limit ended that was met on a day."""
        assert row.met_on is not None
        if row.due_on is None or row.nature in _OTHERS_RIGHTS:
            return "on_time"
        kept = row.met_on > row.due_on if row.nature in _TO_BE_WAITED_FOR else row.met_on <= row.due_on
        if kept:
            return "on_time"
        return "late_excused" if row.exceptions else "late"

    # --- computing -------------------------------------------------------------------------

    def _recompute(self, row: Deadline) -> None:
        before = row.due_on
        self._compute(row)
        if row.met_on is not None:
            row.status = self.outcome(row)
        row.changed = self.eased_any = True
        if before != row.due_on:
            self._audit.append(
                Event.DEADLINE_MOVED,
                rule=row.rule,
                occurrence=row.occurrence,
                before=before.isoformat() if before else None,
                after=row.due_on.isoformat() if row.due_on else None,
            )

    def _compute(self, row: Deadline) -> None:
        rule = self._statute.rule(row.rule)
        found = self.due(row.rule, row.occurrence)
        if found is not None:
            row.anchor, row.anchored_on = found.anchor, found.anchored_on
            row.due_on, row.broken_at = found.last_day, found.broken_at
            row.kind, row.nature = found.kind, found.nature
        else:
            anchor = self.anchor_of(rule, row.occurrence)
            row.anchor, row.anchored_on = anchor or (None, None)
            row.due_on = row.broken_at = None
            row.kind, row.nature = rule.kind, rule.nature
        row.exceptions = self._codes_that_lift(row, rule)
        row.alert_at = row.first_alert

    def _codes_that_lift(self, row: Deadline, rule: Rule) -> list[str]:
        if not rule.latest.exceptions:
            return []
        if self._liftings is None:
            self._liftings = liftings_of(self._connection, self._case_key)
        meeting = (
            lifting.code
            for lifting in self._liftings
            if lifting.names(row.rule, row.occurrence) and lifting.meets(row.anchored_on, row.due_on)
        )
        return list(dict.fromkeys(meeting))

    # --- store -----------------------------------------------------------------------------

    def _load(self) -> None:
        """Read what belongs to no occurrence, and all of those in which a limit still runs."""
        case = {"case": self._owner["case_key"]}
        for row in self._connection.execute(_ANCHORS, case):
            self.anchors.read_at_once((row.name, row.occurrence), row.falls_on)
        for key, deadline in self._read_deadlines(_DEADLINES, case):
            earlier = self.deadlines.read_at_once(key, deadline)
            if earlier is not None:
                self._earlier.append(earlier)

    def running(self) -> list[Deadline]:
        """The limits that still run."""
        return [row for row in self.deadlines.at_hand() if row.is_running]

    def _read_deadlines(self, query: Any, values: dict[str, Any]) -> Iterator[tuple[Key, Deadline]]:
        for row in self._connection.execute(query, values):
            columns: tuple[Any, ...] = tuple(row)
            yield (row.rule, row.occurrence), Deadline(*columns)

    def _deadlines_left_out(
        self, occurrence: str | None, known: frozenset[str]
    ) -> Iterator[tuple[Key, Deadline]]:
        case = {"case": self._owner["case_key"], "which": occurrence}
        newest: dict[Key, Deadline] = {}
        for key, deadline in self._read_deadlines(_ALL_DEADLINES if occurrence is None else _OF_ONE, case):
            if key[1] in known:
                continue
            if key in newest:
                self._earlier.append(newest[key])
            newest[key] = deadline
        yield from newest.items()

    def _anchors_left_out(self, occurrence: str | None, known: frozenset[str]) -> Iterator[tuple[Key, date]]:
        case = {"case": self._owner["case_key"], "which": occurrence}
        query = _ALL_ANCHORS if occurrence is None else _ANCHORS_OF_ONE
        for row in self._connection.execute(query, case):
            if row.occurrence not in known:
                yield (row.name, row.occurrence), row.falls_on

    def write(self) -> None:
        """Write what changed; new rows get their keys."""
        self._write_anchors()
        new = [row for row in self._at_hand() if row.key is None]
        for row in new:
            values = {**row.columns(), **self._owner}
            row.key = self._connection.execute(_NEW_DEADLINE, values).scalar_one()
        changed = [row for row in self._at_hand() if row.changed and row not in new]
        if changed:
            self._connection.execute(_CHANGE_DEADLINE, [_bound(row) for row in changed])
        for row in (*new, *changed):
            row.changed = False

    def _write_anchors(self) -> None:
        if self._new_anchors:
            self._connection.execute(
                _NEW_ANCHOR,
                [
                    {
                        **self._owner,
                        "name": name,
                        "occurrence": which,
                        "falls_on": on,
                        "recorded_at": self._now,
                    }
                    for (name, which), on in self._new_anchors.items()
                ],
            )
        for (name, which), on in self._moved_anchors.items():
            self._connection.execute(
                _MOVE_ANCHOR,
                {"case": self._owner["case_key"], "which": name, "nth": which, "on": on, "at": self._now},
            )
        self._new_anchors, self._moved_anchors = {}, {}


#: Natures that are kept by waiting until their last day is over, not by acting before it.
_TO_BE_WAITED_FOR = frozenset({"minimum", "hold"})
#: Used or not, nobody is late by them.
_OTHERS_RIGHTS = frozenset({"window", "bar"})


def _bound(row: Deadline) -> dict[str, Any]:
    return {"row_key": row.key, **{f"new_{name}": getattr(row, name) for name in _CHANGING}}


_CHANGING = (
    "organisation",
    "anchor",
    "anchored_on",
    "due_on",
    "broken_at",
    "status",
    "met_on",
    "exceptions",
    "alert_at",
)
_deadline, _anchor = tables.deadline, tables.anchor
#: Occurrences in which a limit still runs.
_UNDER_WAY = select(_deadline.c.occurrence).where(
    _deadline.c.case_key == bindparam("case"), _deadline.c.status == RUNNING
)
_ALL_ANCHORS = select(_anchor.c.name, _anchor.c.occurrence, _anchor.c.falls_on).where(
    _anchor.c.case_key == bindparam("case")
)
_ANCHORS = _ALL_ANCHORS.where(or_(_anchor.c.occurrence == "", _anchor.c.occurrence.in_(_UNDER_WAY)))
_ANCHORS_OF_ONE = _ALL_ANCHORS.where(_anchor.c.occurrence == bindparam("which"))
#: The columns in the order of `Deadline`'s fields: a case has a dozen rows, and every step reads them.
_FIELDS = (field.name for field in fields(Deadline) if field.name != "changed")
_ALL_DEADLINES = (
    select(*(_deadline.c[name] for name in _FIELDS))
    .where(_deadline.c.case_key == bindparam("case"))
    .order_by(_deadline.c.round, _deadline.c.key)
)
_DEADLINES = _ALL_DEADLINES.where(or_(_deadline.c.occurrence == "", _deadline.c.occurrence.in_(_UNDER_WAY)))
_OF_ONE = _ALL_DEADLINES.where(_deadline.c.occurrence == bindparam("which"))
_NEW_DEADLINE = insert(tables.deadline).returning(tables.deadline.c.key)
_CHANGE_DEADLINE = (
    update(tables.deadline)
    .where(tables.deadline.c.key == bindparam("row_key"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_NEW_ANCHOR = insert(tables.anchor)
_MOVE_ANCHOR = (
    update(tables.anchor)
    .where(
        tables.anchor.c.case_key == bindparam("case"),
        tables.anchor.c.name == bindparam("which"),
        tables.anchor.c.occurrence == bindparam("nth"),
    )
    .values(falls_on=bindparam("on"), recorded_at=bindparam("at"))
)
