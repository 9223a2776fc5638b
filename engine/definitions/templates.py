"""Element templates: what stock Camunda Modeler shows for our properties, generated from the engine's data.

The rules come from the law, the codes from the vocabulary, forms, processes and decisions from the folder
the templates are made for. ``VERSION`` is raised only if a template's bindings change, and then the former
version stays in the file: a diagram that names a version which isn't there shows no fields in the Modeler.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.definitions.folder import Names
from engine.definitions.vocabulary import vocabulary
from engine.law import Rule, statute

VERSION = 1
SCHEMA = "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json"
TEMPLATE_VERSIONS: Mapping[str, Sequence[int]] = {
    f"ehc.{name}": (VERSION,)
    for name in (
        "task",
        "timer.boundary",
        "timer.catch",
        "timer.start",
        "notice",
        "record",
        "start",
        "plan",
        "review",
        "resend",
        "decision",
    )
}
CATEGORY = {"id": "ehc", "name": "EHC"}
Json = dict[str, Any]
_UNTIMED = {"duty"}
_LATER = {
    "=body.agency": "The agency of this round of a loop (body.agency)",
    "=adviser.agency": "The adviser's agency (adviser.agency)",
    '="urn:" + setting.urn': "The setting consulted (setting.urn)",
}
_LATER_ROLES = {
    f'=if starts with({whose}.agency, "urn:") then ["setting_contact"] else ["professional"]': words
    for whose, words in (
        ("adviser", "Professional, or contact of a setting, by the adviser's agency"),
        ("body", "Professional, or contact of a setting, by the agency of this round of a loop"),
    )
}
_LATER_FORM = {"=adviser.form": "The adviser's own form (adviser.form)"}


def element_templates(names: Names) -> dict[str, Sequence[Json]]:
    """All templates by file name.

    Args:
        names: forms, processes and decisions that can be chosen.
    """
    made = (
        _task(names),
        _timer("boundary", "bpmn:BoundaryEvent", "Statutory timer on a task"),
        _timer("catch", "bpmn:IntermediateCatchEvent", "Wait for a statutory day"),
        _timer("start", "bpmn:StartEvent", "Statutory timer that starts an event sub-process"),
        _notice(),
        _record(),
        _start(names),
        _action("plan", "EHC plan", "Changes the plan of the case: its versions and whether it is in force."),
        _action("review", "EHC review", "Takes a review of the plan further."),
        _resend(),
        _decision(names),
    )
    return {f"{template['id'].replace('.', '-')}.json": [template] for template in made}


def as_text(templates: Sequence[Json]) -> str:
    """The text of a template file."""
    return json.dumps(templates, indent=2, ensure_ascii=False) + "\n"


def _template(
    name: str, title: str, description: str, element: Json, properties: list[Json], menu: Json | None = None
) -> Json:
    return {
        "$schema": SCHEMA,
        "id": f"ehc.{name}",
        "name": title,
        "version": VERSION,
        "description": description,
        "category": CATEGORY,
        "engines": {"camunda": "^8.9"},
        **element,
        "entriesVisible": True,
        "groups": [{"id": "ehc", "label": "EHC", "openByDefault": True}],
        **(menu or {}),
        "properties": properties,
    }


def _task(names: Names) -> Json:
    timed = [rule for rule in statute() if _is_timed(rule)]
    properties = [
        {"type": "Hidden", "binding": {"type": "zeebe:userTask"}},
        _optional_rule(timed),
        {
            **_text("due", "Due date", "The last day on which the limit is kept."),
            "value": "=limit.due",
            "feel": "optional",
            "condition": {"property": "rule", "oneOf": [rule.id for rule in timed]},
            "binding": {"type": "zeebe:taskSchedule", "property": "dueDate"},
        },
        _own_choice("agency", "Agency that owes the task", {**vocabulary().agencies, **_LATER}, "ehc:agency"),
        _choice(
            "role", "Who may take it", {**vocabulary().roles, **_LATER_ROLES}, _assignment("candidateGroups")
        ),
        _own_text(
            "requires",
            "Required before it can be completed",
            f"Words with a blank between them, of: {', '.join(vocabulary().requirements)}.",
        ),
        _choice("form", "Form", {**names.forms, **_LATER_FORM}, _bound("zeebe:formDefinition", "formId")),
        _fixed("deployment", _bound("zeebe:formDefinition", "bindingType")),
        *_of_limits(),
    ]
    description = "A task somebody has to do: who owes it, on which form, by which limit."
    return _template(
        "task", "EHC task", description, _becomes("bpmn:UserTask", "bpmn:Task"), properties, _menu(timed)
    )


def _timer(name: str, element: str, title: str) -> Json:
    timed = [rule for rule in statute() if _is_timed(rule)]
    properties = [
        _rule_choice(timed),
        _fixed("=limit.broken", {"type": "bpmn:TimerEventDefinition#property", "name": "timeDate"}),
        _own_text("occurrence", "Which one", "Of several limits of that rule, for example =adviser.code."),
        _own_text("step", "Step", "The step of the written procedure that this carries out."),
    ]
    event = {"value": element, "eventDefinition": "bpmn:TimerEventDefinition"}
    description = (
        "Goes off at 00:00 on the day after a limit's last day. The length stands in the law, not here."
    )
    shape = {"appliesTo": [element], "elementType": event}
    return _template(f"timer.{name}", title, description, shape, properties, _menu(timed))


def _notice() -> Json:
    notices = vocabulary().notices
    properties = [
        _fixed("ehc:notice", _bound("zeebe:taskDefinition", "type")),
        _own_choice("notice", "Notice", notices, "ehc:notice"),
        _input(
            "recipients", "Recipients", f"A list of: {', '.join(vocabulary().recipients)}.", '=["family"]'
        ),
        _input("stamps", "Facts dated by it", 'For example =["draft_sent_on", "draft_served_on"].'),
        _input(
            "organisation", "Organisation", "Code of the organisation, where it isn't clear from the case."
        ),
        _input("about", "Which one", "Of several, for example =adviser.code.", name="occurrence"),
        *_of_limits(),
    ]
    description = "Puts a notice into the outbox, in the same step. It is on its way once the step is stored."
    return _template(
        "notice", "EHC notice", description, _becomes("bpmn:ServiceTask", "bpmn:Task"), properties,
        _choices_menu("notice", notices),
    )  # fmt: skip


def _record() -> Json:
    facts = {f'="{name}"': name for name in vocabulary().facts()}
    properties = [
        _fixed("ehc:record", _bound("zeebe:taskDefinition", "type")),
        _choice("fact", "Fact", facts, {"type": "zeebe:input", "name": "fact"}),
        _input("date", "Day", "A FEEL date; left empty it is today in London."),
        _input("value", "Value", f"For case_status one of: {', '.join(vocabulary().case_statuses)}."),
        _input("about", "Which one", "Of several, for example =adviser.code.", name="occurrence"),
        *_of_limits(),
    ]
    description = "Writes a fact of the case; limits that count from it move in the same step."
    return _template(
        "record", "EHC record", description, _becomes("bpmn:ServiceTask", "bpmn:Task"), properties
    )


def _action(name: str, title: str, description: str) -> Json:
    task_type = f"ehc:{name}"
    actions = {f'="{code}"': action.title for code, action in vocabulary().actions(task_type).items()}
    properties = [
        _fixed(task_type, _bound("zeebe:taskDefinition", "type")),
        _choice("action", "What is done", actions, {"type": "zeebe:input", "name": "action"}),
        _input("about", "Which one", "Of several, for example =review.occurrence.", name="occurrence"),
        *_of_limits(),
    ]
    return _template(name, title, description, _becomes("bpmn:ServiceTask", "bpmn:Task"), properties)


def _resend() -> Json:
    ways = {'="again"': "The same way", '="post"': "By post", "=resend": "As the form says"}
    properties = [
        _fixed("ehc:resend", _bound("zeebe:taskDefinition", "type")),
        _input("message", "Message", "The key of the message, for example =messageKey.", "=messageKey"),
        _choice("way", "How", ways, {"type": "zeebe:input", "name": "way"}),
    ]
    description = "Has a message of the case sent again that couldn't be delivered."
    return _template(
        "resend", "EHC resend", description, _becomes("bpmn:ServiceTask", "bpmn:Task"), properties
    )


def _start(names: Names) -> Json:
    processes = {f'="{name}"': title for name, title in names.processes.items()}
    properties = [
        _fixed("ehc:start", _bound("zeebe:taskDefinition", "type")),
        _choice("process", "Process", processes, {"type": "zeebe:input", "name": "processId"}),
        *_of_limits(),
    ]
    description = "Starts another process of the same case. Further inputs become its variables."
    return _template("start", "EHC start", description, _becomes("bpmn:ServiceTask", "bpmn:Task"), properties)


def _decision(names: Names) -> Json:
    properties = [
        _choice("decision", "Decision", names.decisions, _bound("zeebe:calledDecision", "decisionId")),
        {
            **_text("result", "Result variable", "The name under which the process sees the answer."),
            "constraints": {"notEmpty": True},
            "binding": _bound("zeebe:calledDecision", "resultVariable"),
        },
        _fixed("deployment", _bound("zeebe:calledDecision", "bindingType")),
        _own_text("step", "Step", "The step of the written procedure that this carries out."),
    ]
    description = "Asks a decision table of this deployment."
    return _template(
        "decision", "EHC decision", description, _becomes("bpmn:BusinessRuleTask", "bpmn:Task"), properties
    )


def _is_timed(rule: Rule) -> bool:
    return rule.is_computable and rule.latest.nature not in _UNTIMED


def _becomes(element: str, *applies_to: str) -> Json:
    return {"appliesTo": [element, *applies_to], "elementType": {"value": element}}


def _bound(kind: str, name: str) -> Json:
    return {"type": kind, "property": name}


def _assignment(name: str) -> Json:
    return _bound("zeebe:assignmentDefinition", name)


def _fixed(value: str, binding: Json) -> Json:
    return {"type": "Hidden", "value": value, "binding": binding}


def _text(name: str, label: str, description: str) -> Json:
    return {"id": name, "label": label, "description": description, "type": "String", "group": "ehc"}


def _choice(name: str, label: str, titles: Mapping[str, str], binding: Json) -> Json:
    choices = [{"name": title, "value": value} for value, title in titles.items()]
    return {
        "id": name,
        "label": label,
        "type": "Dropdown",
        "group": "ehc",
        "choices": choices,
        "binding": binding,
    }


def _own(name: str) -> Json:
    return {"type": "zeebe:property", "name": name}


def _own_choice(name: str, label: str, titles: Mapping[str, str], own_property: str) -> Json:
    return _choice(name, label, titles, _own(own_property))


def _own_text(name: str, label: str, description: str) -> Json:
    return {
        **_text(name, label, description),
        "feel": "optional",
        "optional": True,
        "binding": _own(f"ehc:{name}"),
    }


def _input(
    ident: str, label: str, description: str, value: str | None = None, name: str | None = None
) -> Json:
    made: Json = {**_text(ident, label, description), "feel": "optional"}
    made |= {"optional": True} if value is None else {"value": value, "constraints": {"notEmpty": True}}
    return {**made, "binding": {"type": "zeebe:input", "name": name or ident}}


def _of_limits() -> list[Json]:
    return [
        _own_text("occurrence", "Which limit", "Of several limits of that rule, for example =adviser.code."),
        _own_text("meets", "Rules met", "Ids with a blank between them: met when this is done."),
        _own_text(
            "metOn", "Day on which they are met", "A FEEL date; left empty it is the day this is done."
        ),
        _own_text("supersedes", "Rules that fall away", "Ids with a blank between them: no longer apply."),
        _own_text("step", "Step", "The step of the written procedure that this carries out."),
    ]


def _rule_choice(rules: Iterable[Rule]) -> Json:
    titles = {rule.id: _rule_title(rule) for rule in rules}
    return {**_own_choice("rule", "Limit", titles, "ehc:rule"), "constraints": {"notEmpty": True}}


def _optional_rule(rules: Iterable[Rule]) -> Json:
    titles = {"": "No limit", **{rule.id: _rule_title(rule) for rule in rules}}
    return {**_own_choice("rule", "Limit", titles, "ehc:rule"), "optional": True}


def _rule_title(rule: Rule) -> str:
    return f"{rule.latest.cite}: {rule.title}"


def _menu(rules: Sequence[Rule]) -> Json:
    """The searchable menu of rules, in the groups of the statute."""
    presets = [{"id": rule.id, "properties": {"rule": rule.id}} for rule in rules]
    steps = []
    for letter, title in statute().groups.items():
        inside = [_step(rule) for rule in rules if rule.group == letter]
        if inside:
            steps.append({"name": f"{letter}. {title}", "steps": inside})
    return {"presets": presets, "steps": steps}


def _step(rule: Rule) -> Json:
    return {"name": _rule_title(rule), "presetId": rule.id, "keywords": [rule.id, *rule.id.split("_")]}


def _choices_menu(name: str, titles: Mapping[str, str]) -> Json:
    presets = [{"id": value, "properties": {name: value}} for value in titles]
    steps = [{"name": title, "presetId": value, "keywords": [value]} for value, title in titles.items()]
    return {"presets": presets, "steps": steps}
