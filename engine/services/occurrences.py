"""The names by which the limits and notices of several of a kind are told apart: `amendment-2`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from engine.store import tables

if TYPE_CHECKING:
    from engine.services.step import CaseStep


def occurrence_now(step: CaseStep, process_id: str, kind: str) -> str:
    """The name of the instance of a process that began last, or just begins, on this case."""
    return f"{kind}-{_begun(step, process_id)}"


def next_occurrence(step: CaseStep, process_id: str, kind: str) -> str:
    """The name of the next instance of a process on this case."""
    return f"{kind}-{_begun(step, process_id) + 1}"


def _begun(step: CaseStep, process_id: str) -> int:
    values = {"case": step.case_key, "process": process_id}
    return int(step.connection.execute(_EARLIER, values).scalar_one())


_definition = tables.process_definition
_EARLIER = (
    select(func.count())
    .select_from(tables.instance)
    .join(_definition, _definition.c.key == tables.instance.c.definition_key)
    .where(tables.instance.c.case_key == bindparam("case"), _definition.c.process_id == bindparam("process"))
)
