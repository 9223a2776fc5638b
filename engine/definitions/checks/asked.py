"""What a task loses without a word: who does it, what it asks, what it demands, and the day that counts."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, constant, error, warning
from engine.spiff.elements import ElementInfo

_OURS = "send"


def somebody_is_named(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """Without a group, anybody of the organisation may decide."""
    named = element.candidate_groups or element.candidate_users or element.assignee
    if element.kind == "userTask" and not named.strip():
        yield warning(
            "anybody-may-do",
            f"{called(element)} names nobody: everybody in the organisation that owes it may do it.",
            "Choose the candidate groups that may do it, for instance caseworker or decision_maker.",
        )


def agency_is_named(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A task that doesn't say who owes it falls to the SEND team."""
    if element.kind != "userTask" or "ehc:agency" in element.properties:
        return
    elsewhere = bool(element.lane) and _OURS not in element.lane.lower()
    if elsewhere or element.process_id in known.owed:
        where = f"stands in the lane “{element.lane}”" if elsewhere else "is among tasks that say so"
        yield warning(
            "agency-missing",
            f"{called(element)} {where}, but doesn’t say who owes it, so it would fall to the SEND team.",
            "Give it the property ehc:agency; send_team if that is meant.",
        )


def something_is_asked(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A task without a form is done with a click and leaves no answer."""
    if element.kind == "userTask" and not (element.form_id or element.form_key):
        yield warning(
            "no-form",
            f"{called(element)} has no form: it is done with a click, and nothing is asked or kept.",
            "Choose the form that it asks.",
        )


def demands_are_kept(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """Some forms go with something that must be so before they may be sent."""
    needed = known.words.needed_by_forms.get(constant(element.form_id) or "")
    required = element.properties.get("ehc:requires", "").split()
    if element.kind == "userTask" and needed and needed not in required:
        yield warning(
            "requirement-missing",
            f"{called(element)} asks the form “{element.form_id}” but doesn’t require what goes with it: "
            f"{known.words.requirements[needed].lower()}.",
            f"Give it the property ehc:requires with {needed}.",
        )


def day_is_given(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """Some limits are met on the day something came, not on the day somebody says so."""
    met = element.properties.get("ehc:meets", "").split()
    rules = [rule for rule in met if rule in known.words.met_on_another_day]
    if rules and not element.met_on:
        yield warning(
            "met-on-missing",
            f"{called(element)} meets {rules[0]} on the day on which it is done itself; what counts is the "
            "day on which something came or was held.",
            "Give it the property ehc:metOn with the variable that holds that day.",
        )


def message_is_sent(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """An event of type ehc:message without its message tells nobody."""
    throws = element.kind in ("intermediateThrowEvent", "endEvent")
    if throws and element.sends_message and element.event != "message":
        yield error(
            "sends-nothing",
            f"{called(element)} is to send a message, but has none: whoever waits for it waits for ever.",
            "Make it a message event again, and choose its message.",
        )
