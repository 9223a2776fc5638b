"""The checks of a deployment above BPMN's own, one function each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.definitions.checks import (
    answers,
    asked,
    mappings,
    people,
    properties,
    references,
    rules,
    stamps,
    tasks,
    timers,
)
from engine.definitions.known import Known
from engine.definitions.remarks import Remark
from engine.spiff.elements import ElementInfo

ElementCheck = Callable[[ElementInfo, Known], Iterator[Remark]]

ELEMENT_CHECKS: tuple[ElementCheck, ...] = (
    properties.known_names,
    rules.known_rules,
    rules.rule_can_be_timed,
    timers.time_is_the_limit,
    timers.deadlines_do_not_interrupt,
    timers.due_date_is_the_limit,
    timers.limit_needs_a_rule,
    references.known_form,
    mappings.targets_can_be_read,
    mappings.sources_are_given,
    people.known_agency,
    people.known_roles,
    tasks.known_notice,
    tasks.needed_inputs,
    tasks.known_recipients,
    tasks.known_facts,
    tasks.known_start,
    tasks.known_action,
    tasks.known_requirement,
    asked.somebody_is_named,
    asked.agency_is_named,
    asked.something_is_asked,
    asked.demands_are_kept,
    asked.day_is_given,
    asked.message_is_sent,
    answers.decisions_are_fed,
    stamps.stamps_are_given,
    stamps.occurrence_is_given,
)

__all__ = ["ELEMENT_CHECKS", "ElementCheck"]
