"""What is asked all day long of what sleeps is answered from an index, on both databases, however much sleeps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Select, insert, select, text

from engine.services import sweep
from engine.services.documents import file_care
from engine.services.messages import settling
from engine.services.records import exports
from engine.services.webhooks import webhook_queue
from engine.store import tables
from engine.store.database import Database

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
OPEN_OF_ONE = select(tables.task.c.key).where(
    tables.task.c.authority == "333", tables.task.c.organisation == "camhs", tables.OPEN_TASK
)
_PLANS = select(tables.plan.c.key).where(tables.plan.c.authority == "333")
REVIEWS_DUE = _PLANS.where(tables.plan.c.next_review_by < NOW.date()).order_by(
    tables.plan.c.next_review_by, tables.plan.c.key
)
OF_A_SETTING = _PLANS.where(tables.plan.c.setting_urn == "123456").order_by(tables.plan.c.key.desc())
LIVE_ONES = _PLANS.where(tables.plan.c.status == "live").order_by(tables.plan.c.key.desc())
#: question -> the index that has to answer it.
QUESTIONS: dict[str, tuple[Select[Any], str]] = {
    "which timers are due": (sweep.DUE_TIMERS, "ix_timer_due_at"),
    "when the next timer is due": (sweep.NEXT_TIMER, "ix_timer_due_at"),
    "which lateness is due": (sweep.DUE_ALERTS, "ix_deadline_alert_at"),
    "when the next lateness is due": (sweep.NEXT_ALERT, "ix_deadline_alert_at"),
    "which copies are to be chased": (sweep.DUE_CHASES, "ix_delivery_chase_at"),
    "when the next copy is to be chased": (sweep.NEXT_CHASE, "ix_delivery_chase_at"),
    "whether a batch runs": (sweep.NEXT_BATCH, "ix_batch_running"),
    "when the next file is to be scanned": (file_care.NEXT_SCAN, "ix_stored_file_scan_at"),
    "whether an export waits": (exports.NEXT_EXPORT, "ix_export_state"),
    "when the next message of a webhook is due": (
        webhook_queue.NEXT_DELIVERY,
        "ix_webhook_delivery_waiting",
    ),
    "when the next message is due": (settling.NEXT_MESSAGES[0], "ix_outbox_waiting"),
    "which plans' reviews are due": (REVIEWS_DUE, "ix_plan_authority_next_review_by"),
    "which plans name a setting": (OF_A_SETTING, "ix_plan_authority_setting_urn"),
    "which plans are in force": (LIVE_ONES, "ix_plan_authority_status_key"),
    "which tasks of an organisation are open": (OPEN_OF_ONE, "ix_task_organisation_open"),
}


def plan(connection: Connection, query: Select[Any]) -> str:
    """How the database would answer, in its words, for any values of the parameters."""
    if connection.dialect.name == "sqlite":
        values = {"now": 0, "most": 200, "authority_1": "", "organisation_1": ""}
        asked = str(query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True}))
        names = list(query.compile(dialect=connection.dialect).positiontup or ())
        rows = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {asked}", tuple(values.get(name, 0) for name in names)
        )
        return "\n".join(str(row[-1]) for row in rows)
    connection.execute(text("set local enable_seqscan = off"))
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": False})
    asked = _numbered(str(compiled), list(compiled.params))
    connection.exec_driver_sql("set local plan_cache_mode = force_generic_plan")
    connection.exec_driver_sql(f"prepare asked as {asked}")
    arguments = ", ".join("null" for _ in compiled.params)
    called = f"asked({arguments})" if arguments else "asked"
    rows = connection.exec_driver_sql(f"explain (costs off) execute {called}").scalars()
    found = "\n".join(rows)
    connection.exec_driver_sql("deallocate asked")
    return found


def _numbered(asked: str, names: list[str]) -> str:
    for number, name in enumerate(names, start=1):
        before, _, rest = asked.partition(f"%({name})s")
        asked = f"{before}${number}{rest}"
    return asked


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_from_its_index(database: Database, question: str) -> None:
    query, index = QUESTIONS[question]
    with database.write() as connection:
        said = plan(connection, query)
    assert index in said, said
    assert "SCAN timer\n" not in f"{said}\n"
    assert "TEMP B-TREE" not in said
    assert "Seq Scan" not in said


def test_a_question_without_its_condition_is_not(sqlite_url: str) -> None:
    """That the plan shows the difference: the same question of all timers, held ones included."""
    database = Database(sqlite_url)
    unconditional = select(tables.timer.c.case_key).where(tables.timer.c.due_at <= NOW)
    with database.read() as connection:
        assert "ix_timer_due_at" not in plan(connection, unconditional)
    database.close()


def test_the_indexes_hold_only_what_waits(database: Database) -> None:
    """What is held by an incident, or nobody is told of, isn't found by the questions either."""
    with database.write() as connection:
        _case_with(connection, held=True, alert_at=None)
        values = {"now": NOW + timedelta(days=1), "most": 200}
        found = [[row[-1] for row in connection.execute(query, values)] for query, _ in _OF_THE_SWEEP]
        assert found == [[], [None]] * 2
        _case_with(connection, held=False, alert_at=NOW)
        found = [[row[-1] for row in connection.execute(query, values)] for query, _ in _OF_THE_SWEEP]
    assert found == [[2], [NOW]] * 2


_OF_THE_SWEEP = list(QUESTIONS.values())[:4]


def _case_with(connection: Connection, *, held: bool, alert_at: datetime | None) -> None:
    """A case with one instance, one timer and one deadline, as few columns as the tables allow."""

    def new(table: Any, **values: Any) -> int:
        shared = {"authority": "333"} if "authority" in table.c else {}
        added = connection.execute(insert(table).values(**shared, **values))
        return int(added.inserted_primary_key[0])

    child = new(tables.child, given_name="", family_name="", search_name="", date_of_birth=date(2017, 5, 14))
    case = new(
        tables.ehc_case,
        child_key=child,
        status="considering",
        requested_by="parent",
        requester_name="",
        received_on=date(2026, 11, 2),
        opened_at=NOW,
        version=0,
        audit_sequence=0,
        audit_hash="",
    )
    deployment = new(tables.deployment, digest=str(case), name="", created_at=NOW, created_by="a test")
    definition = new(
        tables.process_definition, deployment_key=deployment, process_id=str(case), name="", version=1
    )
    instance = new(
        tables.instance,
        case_key=case,
        definition_key=definition,
        status="active",
        version=0,
        state="",
        started_at=NOW,
    )
    of = {"case_key": case, "instance_key": instance}
    incident = new(tables.incident, **of, attempted="", message="", remedy="", state="open", created_at=NOW)
    new(
        tables.timer,
        **of,
        token=1,
        element_id="",
        due_at=NOW,
        occurrence="",
        incident_key=incident if held else None,
    )
    new(
        tables.deadline,
        case_key=case,
        rule="",
        occurrence="",
        round=1,
        organisation="",
        kind="",
        nature="deadline",
        status="running",
        exceptions=[],
        alert_at=alert_at,
        opened_at=NOW,
    )
