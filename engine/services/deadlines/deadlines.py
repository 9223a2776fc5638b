"""A case's limits: rows that the law opens, and that no diagram can lose.

A `Ledger` is one step's view of a case's anchors and deadlines. It opens a row when a limit is first
asked for, moves it when its anchor moves, and closes it when the duty is done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property, partial

from sqlalchemy import Connection

from engine.calendar import Calendar
from engine.errors import BadInput
from engine.law import Due, NoSuchLaw, NotComputable, Rule, Statute, due
from engine.services.audit.audit import Chain, Event
from engine.services.deadlines.deadline_rows import RUNNING, Deadline, DeadlineStore
from engine.services.deadlines.liftings import Lifting, liftings_of
from engine.services.ledger_rows import Rows
from engine.services.principals import SEND_TEAM

#: The limits that a request opens whatever a diagram says (reg 5(1), 10(1), 13(2); section 38).
FROM_THE_REQUEST = (
    "reg5_decide_to_assess",
    "reg10_decide_no_plan",
    "draft_plan_backstop",
    "reg13_2_final_20w",
)


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
        first_alert: Callable[[Deadline], datetime | None],
    ) -> None:
        """`first_alert` gives the instant from which somebody must hear of a limit."""
        self._connection = connection
        self._case_key = case_key
        self._store = DeadlineStore(connection, case_key, authority)
        self._statute = statute
        self._calendar = calendar
        self._now = now
        self._today = today
        self._audit = audit
        self._first_alert = first_alert
        self._earlier: list[Deadline] = []
        self._new_anchors: dict[tuple[str, str], date] = {}
        self._moved_anchors: dict[tuple[str, str], date] = {}
        self.deadlines: Rows[Deadline] = Rows(partial(self._store.deadlines_left_out, self._earlier))
        self._liftings: list[Lifting] | None = None
        #: Whether this step closed, moved or lifted a limit: then its thread of lateness may end too.
        self.eased_any = False
        self._load()

    # --- reading ---------------------------------------------------------------------------

    @cached_property
    def anchors(self) -> Rows[date]:
        """The case's facts: read when one is asked for, which most alerts and many tasks never do."""
        found: Rows[date] = Rows(self._store.anchors_left_out)
        for key, falls_on in self._store.anchors_under_way():
            found.read_at_once(key, falls_on)
        return found

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
        if row.due_on is None or row.nature in _UNTIMED:
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
        row.alert_at = self._first_alert(row)

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
        """Read the limits that belong to no occurrence, and all of those in which one still runs."""
        for key, deadline in self._store.deadlines_under_way():
            earlier = self.deadlines.read_at_once(key, deadline)
            if earlier is not None:
                self._earlier.append(earlier)

    def running(self) -> list[Deadline]:
        """The limits that still run."""
        return [row for row in self.deadlines.at_hand() if row.is_running]

    def write(self) -> None:
        """Write what changed; new rows get their keys."""
        self._store.write_anchors(self._new_anchors, self._moved_anchors, self._now)
        self._new_anchors, self._moved_anchors = {}, {}
        self._store.write_deadlines(self._at_hand())


#: Natures that are kept by waiting until their last day is over, not by acting before it.
_TO_BE_WAITED_FOR = frozenset({"minimum", "hold"})
#: Nobody is late by them: somebody else's right, a time in which a request may be refused, a duty that
#: has no length of its own.
_UNTIMED = frozenset({"window", "bar", "duty"})
