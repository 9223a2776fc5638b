"""Each check of a deployment: a small diagram that passes, and one that doesn't."""

from __future__ import annotations

import pytest

from engine.definitions import lint
from tests.engine.definitions.sketches import (
    TABLE,
    YES_NO_FORM,
    bpmn,
    chain,
    gateway,
    mapping,
    own,
    props,
    script_task,
    service_task,
    task,
    timer,
    user_task,
)

SENT = '=["notice_sent_on"]'
FAMILY = '=["family"]'
WATCH = '<bpmn:startEvent id="so"/><bpmn:intermediateCatchEvent id="to"><bpmn:extensionElements>{}</bpmn:extensionElements><bpmn:timerEventDefinition><bpmn:timeDate xsi:type="bpmn:tFormalExpression">=limit.broken</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent><bpmn:sequenceFlow id="fo" sourceRef="so" targetRef="to"/>'
APPEAL = "ftt_r20_appeal_2m"
BESIDE = {
    "sign.form": YES_NO_FORM.replace(b'"decide"', b'"sign_plan"').replace(b"assess", b"sign"),
    "appeals.bpmn": bpmn(WATCH.format(props(own({"rule": APPEAL, "supersedes": APPEAL}))), process="appeals"),
    "decide.form": YES_NO_FORM,
    "tables.dmn": TABLE,
    "other.bpmn": bpmn('<bpmn:startEvent id="so"/>', process="other"),
}
FORM = '<zeebe:formDefinition formId="decide"/>'
DUE = '<zeebe:taskSchedule dueDate="=limit.due"/>'
GROUPS = '<zeebe:assignmentDefinition candidateGroups="{}"/>'
RULE = "reg5_decide_to_assess"


def decision(ident: str) -> bytes:
    return chain(
        task(f'<zeebe:calledDecision decisionId="{ident}" resultVariable="grade"/>', tag="businessRuleTask")
    )


def call(ident: str) -> bytes:
    return chain(task(f'<zeebe:calledElement processId="{ident}"/>', tag="callActivity"))


def results(variable: str) -> bytes:
    return chain(task(f'<zeebe:script expression="=1" resultVariable="{variable}"/>', tag="scriptTask"))


def mapped(source: str) -> bytes:
    return chain(
        task(f'{FORM}<zeebe:ioMapping><zeebe:output source="{source}" target="x"/></zeebe:ioMapping>')
    )


def branches(split: str, join: str, *, stops: bool = False) -> bytes:
    """Two tasks between two gateways; the second of them may lead nowhere."""
    default = ' default="f2"' if split == "exclusive" else ""
    condition = (
        ""
        if not default
        else '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=ageOnRequest > 9</bpmn:conditionExpression>'
    )
    ways = {"f0": ("s", "x"), "f2": ("x", "two"), "f3": ("it", "j"), "f4": ("two", "j"), "f5": ("j", "e")}
    flows = "".join(
        f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}"/>'
        for name, (source, target) in ways.items()
        if not (stops and name == "f4")
    )
    return bpmn(
        f'<bpmn:startEvent id="s"/><bpmn:{split}Gateway id="x" name="Which?"{default}/>{task(FORM)}'
        f'{task(FORM).replace("it", "two", 1)}<bpmn:{join}Gateway id="j"/><bpmn:endEvent id="e"/>{flows}'
        f'<bpmn:sequenceFlow id="f1" sourceRef="x" targetRef="it">{condition}</bpmn:sequenceFlow>'
    )


def at_task(properties: dict[str, str], timed: dict[str, str], cancel: str) -> bytes:
    """A task with a timer ``t`` at its boundary."""
    time = '<bpmn:timeDate xsi:type="bpmn:tFormalExpression">=limit.broken</bpmn:timeDate>'
    attached = (
        f'<bpmn:boundaryEvent id="t" attachedToRef="it" cancelActivity="{cancel}"><bpmn:extensionElements>'
        f"{props(own(timed))}</bpmn:extensionElements><bpmn:timerEventDefinition>{time}</bpmn:timerEventDefinition>"
        '</bpmn:boundaryEvent><bpmn:endEvent id="e2"/><bpmn:sequenceFlow id="f3" sourceRef="t" targetRef="e2"/>'
    )
    return chain(
        task(FORM + DUE * bool(properties.get("rule")), properties=own(properties)), attached=attached
    )


def watched(meets: str) -> bytes:
    return at_task({"meets": meets}, {"rule": RULE}, "false")


def reminded(cancel: str) -> bytes:
    return at_task({"rule": RULE, "meets": RULE}, {"rule": "chase_advice_3w"}, cancel)


def advised(occurrence: str) -> bytes:
    named = {"occurrence": occurrence} if occurrence else {}
    return at_task({"meets": RULE, **named}, {"rule": RULE, "occurrence": "ep"}, "false")


def made_from(template: str, version: str) -> bytes:
    return chain(
        task(FORM, attributes=f'zeebe:modelerTemplate="{template}" zeebe:modelerTemplateVersion="{version}"')
    )


def notice(**inputs: str) -> bytes:
    return service_task("ehc:notice", {"recipients": '=["family"]', **inputs}, notice="family_consultation")


def stamped(fact: str) -> bytes:
    inputs = {"recipients": FAMILY, "stamps": f'=["{fact}"]'}
    return service_task("ehc:notice", inputs, notice="decision_to_assess")


def record(fact: str, **inputs: str) -> bytes:
    return service_task("ehc:record", {"fact": fact, **inputs})


def two_tasks(properties: dict[str, str]) -> bytes:
    """A task, and one beside it that says who owes it."""
    other = task(FORM, properties=own({"agency": "camhs"})).replace('"it"', '"two"', 1)
    body = f'<bpmn:startEvent id="s"/>{task(FORM, properties=properties)}{other}<bpmn:endEvent id="e"/>'
    return bpmn(body + flows("s it", "it two", "two e"))


def flows(*ends: str) -> str:
    pairs = [each.split() for each in ends]
    return "".join(
        f'<bpmn:sequenceFlow id="w{number}" sourceRef="{source}" targetRef="{target}"/>'
        for number, (source, target) in enumerate(pairs)
    )


def signing(**properties: str) -> bytes:
    return user_task('<zeebe:formDefinition formId="sign_plan"/>', **properties)


def told(definition: str) -> bytes:
    """An event that sends a message."""
    message = '<bpmn:message id="M" name="plan_amended"><bpmn:extensionElements><zeebe:subscription correlationKey="=caseKey"/></bpmn:extensionElements></bpmn:message>'
    kind = '<bpmn:extensionElements><zeebe:taskDefinition type="ehc:message"/></bpmn:extensionElements>'
    event = f'<bpmn:intermediateThrowEvent id="it">{kind}{definition}</bpmn:intermediateThrowEvent>'
    return chain(event).replace(b"</bpmn:definitions>", message.encode() + b"</bpmn:definitions>")


def one_way() -> bytes:
    body = f'<bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="x"/>{task(FORM)}<bpmn:endEvent id="e"/>'
    return bpmn(body + flows("s x", "x it", "it e"))


def failing(caught: str) -> bytes:
    """A sub-process that ends in the error R, with a boundary event for an error."""
    errors = "".join(f'<bpmn:error id="E{code}" errorCode="{code}"/>' for code in "RS")
    inner = '<bpmn:startEvent id="si"/><bpmn:endEvent id="bad"><bpmn:errorEventDefinition errorRef="ER"/></bpmn:endEvent>'
    sub = f'<bpmn:subProcess id="it">{inner}{flows("si bad").replace("w0", "wi")}</bpmn:subProcess>'
    beside = f'<bpmn:boundaryEvent id="b" attachedToRef="it"><bpmn:errorEventDefinition errorRef="E{caught}"/></bpmn:boundaryEvent>'
    whole = chain(sub, attached=beside + '<bpmn:endEvent id="e2"/>' + flows("b e2"))
    return whole.replace(b"</bpmn:definitions>", errors.encode() + b"</bpmn:definitions>")


def calling_itself(*, way_round: bool) -> bytes:
    call = task('<zeebe:calledElement processId="p"/>', tag="callActivity")
    return gateway_before(call) if way_round else chain(call)


def gateway_before(element: str) -> bytes:
    body = (
        f'<bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="x" default="no"/>{element}<bpmn:endEvent id="e"/>'
        '<bpmn:sequenceFlow id="yes" sourceRef="x" targetRef="it"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
        '=ageOnRequest > 9</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:sequenceFlow id="no" sourceRef="x" targetRef="e"/>'
    )
    return bpmn(body + flows("s x", "it e"))


def refusal(started: str) -> bytes:
    """A letter with a right of appeal, then a further process."""
    send = task(
        f'<zeebe:taskDefinition type="ehc:notice"/>{mapping({"recipients": FAMILY, "stamps": SENT})}',
        tag="serviceTask",
        properties=own({"notice": "refusal_to_assess"}),
    ).replace('"it"', '"send"', 1)
    start = task(
        f'<zeebe:taskDefinition type="ehc:start"/>{mapping({"processId": started})}', tag="serviceTask"
    )
    body = f'<bpmn:startEvent id="s"/>{send}{start}<bpmn:endEvent id="e"/>'
    return bpmn(body + flows("s send", "send it", "it e"))


# name: what passes, what doesn't, the severity, the rule, the element that is named.
TABLE_OF_CHECKS = {
    "property": (user_task(FORM, step="6"), user_task(FORM, stepp="6"), "error", "unknown-property", "it"),
    "property spelt otherwise": (user_task(FORM), chain(task(FORM, properties={"EHC:Rule": RULE})), "error", "unknown-property", "it"),
    "property of a process": (chain(task(FORM), attributes=own({"variables": "a b"})), chain(task(FORM), attributes=own({"variable": "a"})), "error", "unknown-property", "p"),
    "empty property": (user_task(FORM), user_task(FORM, meets=" "), "error", "empty-property", "it"),
    "rule": (user_task(FORM + DUE, rule=RULE), user_task(FORM + DUE, rule="reg5_decide_to_asess"), "error", "unknown-rule", "it"),
    "rules met": (user_task(FORM, meets=f"{RULE} reg5_2_notify_others"), user_task(FORM, meets=f"{RULE} reg5_2_notify"), "error", "unknown-rule", "it"),
    "rules set aside": (user_task(FORM, supersedes=RULE), user_task(FORM, supersedes="reg99"), "error", "unknown-rule", "it"),
    "one rule": (user_task(FORM + DUE, rule=RULE), user_task(FORM + DUE, rule=f"{RULE} reg8_advice_6w"), "error", "several-rules", "it"),
    "rule with a length": (timer("=limit.broken", rule=RULE), timer("=limit.broken", rule="reg6_seek_advice"), "error", "rule-without-length", "t"),
    "task's rule with a length": (user_task(FORM + DUE, rule=RULE), user_task(FORM + DUE, rule="reg6_seek_advice"), "warning", "rule-without-length", "it"),
    "time from the law": (timer("=limit.broken", rule=RULE), timer("2026-10-01T00:00:00Z", rule=RULE), "error", "timer-not-from-law", "t"),
    "time is an expression": (timer('=duration("P6W")', kind="timeDuration"), timer('=duration("P6W")', kind="timeDuration", rule=RULE), "error", "timer-not-from-law", "t"),
    "no length added": (timer("=limit.broken", rule=RULE), timer('=limit.broken - duration("P14D")', rule=RULE), "error", "timer-with-length", "t"),
    "broken, not due": (timer("=limit.broken", rule=RULE), timer("=if true then limit.due else null", rule=RULE), "error", "timer-on-due-day", "t"),
    "deadline interrupts": (timer("=limit.broken", rule=RULE), timer("=limit.broken", interrupting=True, rule=RULE), "error", "interrupting-deadline", "t"),
    "deadline ends a process": (timer("=limit.broken", place="start", rule=RULE), timer("=limit.broken", place="start", interrupting=True, rule=RULE), "error", "interrupting-deadline", "t"),
    "derived deadline interrupts": (timer("=limit.broken", interrupting=True, rule="cop_setting_reply_15d"), timer("=limit.broken", interrupting=True, rule="draft_plan_backstop"), "error", "interrupting-deadline", "t"),
    "due date": (user_task(FORM + DUE, rule=RULE), user_task(FORM, rule=RULE), "warning", "due-date-not-limit", "it"),
    "due date from elsewhere": (user_task(FORM + DUE, rule=RULE), user_task(FORM + '<zeebe:taskSchedule dueDate="=today()"/>', rule=RULE), "warning", "due-date-not-limit", "it"),
    "limit without rule": (user_task(FORM + DUE, rule=RULE), user_task(FORM + DUE), "error", "limit-without-rule", "it"),
    "form": (user_task(FORM), user_task(FORM.replace("decide", "decides")), "error", "unknown-form", "it"),
    "decision": (decision("grade"), decision("grades"), "error", "decision-missing", "it"),
    "process": (call("other"), call("others"), "error", "called-process-missing", "it"),
    "process started": (service_task("ehc:start", {"processId": '="other"'}), service_task("ehc:start", {"processId": '="others"'}), "error", "unknown-process", "it"),
    "agency": (user_task(FORM, agency="camhs"), user_task(FORM, agency="cahms"), "error", "unknown-agency", "it"),
    "setting": (user_task(FORM, agency="urn:123456"), user_task(FORM, agency="urn:12"), "error", "unknown-agency", "it"),
    "agency as a text of FEEL": (user_task(FORM, agency='="icb"'), user_task(FORM, agency='="ibc"'), "error", "unknown-agency", "it"),
    "role": (user_task(FORM + GROUPS.format("caseworker, dco")), user_task(FORM + GROUPS.format("caseworkers")), "error", "unknown-role", "it"),
    "roles in a list": (user_task(FORM + GROUPS.format("=[&quot;dco&quot;]")), user_task(FORM + GROUPS.format("=[&quot;dcos&quot;]")), "error", "unknown-role", "it"),
    "notice": (notice(), service_task("ehc:notice", {"recipients": '=["family"]'}), "error", "missing-notice", "it"),
    "notice with a text": (notice(), service_task("ehc:notice", {"recipients": '=["family"]'}, notice="draft_plam"), "error", "unknown-notice", "it"),
    "input": (notice(), service_task("ehc:notice", notice="family_consultation"), "error", "missing-input", "it"),
    "input that is read": (notice(occurrence='="a"'), notice(occurence='="a"'), "warning", "unused-input", "it"),
    "input of a further process": (service_task("ehc:start", {"processId": '="other"', "anything": "=1"}), service_task("ehc:start", {"anything": "=1"}), "error", "missing-input", "it"),
    "recipient": (notice(recipients='=["family", "icb"]'), notice(recipients='=["family", "ibc"]'), "error", "unknown-recipient", "it"),
    "stamp": (notice(stamps='=["draft_sent_on"]'), notice(stamps='=["draft_send_on"]'), "error", "unknown-fact", "it"),
    "fact": (record('="plan_issued_on"'), record('="plan_issued"'), "error", "unknown-fact", "it"),
    "fact as a constant": (record("plan_issued_on"), record("plan_issued"), "error", "unknown-fact", "it"),
    "status": (record('="case_status"', value='="drafting"'), record('="case_status"', value='="draughting"'), "error", "unknown-status", "it"),
    "action on the plan": (service_task("ehc:plan", {"action": '="issue"'}), service_task("ehc:plan", {"action": '="isue"'}), "error", "unknown-action", "it"),
    "action on a review": (service_task("ehc:review", {"action": "due"}), service_task("ehc:review"), "error", "missing-input", "it"),
    "requirement": (user_task(FORM, requires="plan_complete"), user_task(FORM, requires="plan_compleet"), "error", "unknown-requirement", "it"),
    "template": (made_from("ehc.task", "1"), made_from("ehc.tusk", "1"), "error", "unknown-template", "it"),
    "template version": (made_from("ehc.task", "1"), made_from("ehc.task", "9"), "error", "unknown-template-version", "it"),
    "function": (script_task("=today()"), script_task("=todday()"), "error", "unknown-function", "it"),
    "function of a condition": (gateway("=is defined(caseKey)"), gateway("=is_defined(caseKey)"), "error", "unknown-function", "yes"),
    "variable": (script_task("=ageOnRequest + 1"), script_task("=ageOnReqest + 1"), "warning", "unknown-variable", "it"),
    "variable of the process": (chain(task("<zeebe:script expression='=mine' resultVariable='made'/>", tag="scriptTask"), attributes=own({"variables": "mine"})), script_task("=mine"), "warning", "unknown-variable", "it"),
    "optional data": (gateway("=nationalCurriculumYear != null and nationalCurriculumYear > 8"), gateway("=nationalCurriculumYear > 8"), "warning", "optional-not-tested", "yes"),
    "optional answer": (gateway("=daysLeft = 3", task(FORM)), gateway("=daysLeft < 3", task(FORM)), "warning", "optional-not-tested", "yes"),
    "no length of its own": (
        timer("P3D", kind="timeDuration"),
        timer("P6W", kind="timeDuration", rule=RULE),
        "error",
        "literal-length",
        "t",
    ),
    "variable that is a word of FEEL": (results("then_"), results("then"), "error", "unreadable-variable", "it"),
    "mapping with a value": (mapped("=1"), mapped(""), "error", "mapping-without-source", "it"),
    "limit as a length": (timer("=limit.broken", rule=RULE), timer("=limit.broken", kind="timeDuration", rule=RULE), "error", "limit-as-length", "t"),
    "prefix of a property": (chain(task(FORM, properties={"acme:rule": "x"})), chain(task(FORM, properties={"ech:rule": RULE})), "error", "unknown-property", "it"),
    "a way that stops": (branches("exclusive", "exclusive"), branches("exclusive", "exclusive", stops=True), "error", "dead-end", "two"),
    "a join that never fills": (branches("parallel", "parallel"), branches("exclusive", "parallel"), "error", "join-never-fills", "j"),
    "limit that is met": (watched(meets=RULE), watched(meets="reg5_2_notify_others"), "error", "limit-never-met", "t"),
    "reminder that ends a duty": (reminded("false"), reminded("true"), "error", "timer-ends-duty", "t"),
    "which of several limits": (advised("ep"), advised(""), "error", "occurrence-missing", "it"),
    "who may do it": (user_task(FORM), user_task(FORM + '<zeebe:assignmentDefinition/>'), "warning", "anybody-may-do", "it"),
    "who owes it": (two_tasks(own({"agency": "camhs"})), two_tasks({}), "warning", "agency-missing", "it"),
    "what is asked": (user_task(FORM), user_task("<zeebe:formDefinition/>"), "warning", "no-form", "it"),
    "what a form demands": (signing(requires="plan_complete"), signing(), "warning", "requirement-missing", "it"),
    "the day that counts": (user_task(FORM, meets="review_meeting_4w", metOn="=today()"), user_task(FORM, meets="review_meeting_4w"), "warning", "met-on-missing", "it"),
    "message of an event": (told('<bpmn:messageEventDefinition messageRef="M"/>'), told(""), "error", "sends-nothing", "it"),
    "a gateway with one way": (branches("exclusive", "exclusive"), one_way(), "warning", "one-way-gateway", "x"),
    "an answer that is asked": (gateway("=assess = true", task(FORM)), gateway("=assess = true", task("<zeebe:formDefinition formKey='paper'/>")), "warning", "answer-never-given", "yes"),
    "an error that is caught": (failing("R"), failing("S"), "error", "error-never-caught", "bad"),
    "a call with a way round": (calling_itself(way_round=True), calling_itself(way_round=False), "error", "endless-call", "it"),
    "an appeal that is watched": (refusal("appeals"), refusal("other"), "warning", "appeal-not-watched", "send"),
    "the day from which a limit counts": (stamped("assessment_decided_on"), stamped("notice_served_on"), "warning", "stamp-missing", "it"),
    "limit.due as a time": (timer("=limit.broken", rule=RULE), timer("=limit.due", rule=RULE), "error", "due-as-time", "t"),
}  # fmt: skip


def found(content: bytes) -> set[tuple[str, str, str]]:
    return {
        (each.severity, each.rule, each.element) for each in lint({"sketch.bpmn": content}, alongside=BESIDE)
    }


@pytest.mark.parametrize("name", TABLE_OF_CHECKS)
def test_a_diagram_in_order_gets_no_remark(name: str) -> None:
    assert found(TABLE_OF_CHECKS[name][0]) == set()


@pytest.mark.parametrize("name", TABLE_OF_CHECKS)
def test_a_diagram_that_is_not_gets_exactly_one(name: str) -> None:
    _, bad, severity, rule, element = TABLE_OF_CHECKS[name]
    assert found(bad) == {(severity, rule, element)}


ALLOWED = {
    "a minimum may be waited for": timer("=limit.broken", place="catch", rule="reg13_1_parent_15d"),
    "a minimum may end a task": timer("=limit.broken", interrupting=True, rule="reg13_1_parent_15d"),
    "a hold may be waited for": timer("=limit.broken", place="catch", rule="s45_4_hold"),
    "guidance may end a wait": timer("=limit.broken", interrupting=True, rule="cop_setting_reply_15d"),
    "a timer without a rule is free": timer("P3D", kind="timeDuration", interrupting=True),
    "what is worked out is left to the engine": user_task(FORM + GROUPS.format("=if caseKey = &quot;1&quot; then [&quot;dco&quot;] else [&quot;dsco&quot;]"), agency='="urn:" + settingUrn'),
    "a form may be worked out": user_task('<zeebe:formDefinition formId="=caseKey"/>'),
    "a process may be worked out": call("=caseKey"),
    "a foreign template is left alone": made_from("com.example.task", "7"),
    "a foreign property is left alone": chain(task(FORM, properties={"colour": "red"})),
    "names of entries in a filter": script_task('=[{notice: "a", to: "b"}][notice = "a"].to'),
    "names inside an expression": script_task("=for x in [1, 2] return x + 1"),
    "names in a context": script_task("={a: 1, b: a + 1}.b"),
    "equality with optional data": gateway("=settingUrn = &quot;123456&quot;".replace("&quot;", '"')),
    "a test of null alone": gateway("=nationalCurriculumYear = null"),
    "a word in a text": gateway('=caseKey = "nationalCurriculumYear > 3"'),
    "an escalation that nobody catches": chain(task(FORM), attached='<bpmn:intermediateThrowEvent id="x"><bpmn:escalationEventDefinition escalationRef="E"/></bpmn:intermediateThrowEvent>').replace(b"</bpmn:definitions>", b'<bpmn:escalation id="E" escalationCode="OVERDUE"/></bpmn:definitions>'),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ALLOWED.keys() - {"an escalation that nobody catches"}))
def test_what_is_allowed_gets_no_remark(name: str) -> None:
    assert found(ALLOWED[name]) == set()


def test_an_escalation_that_nobody_catches_is_no_error() -> None:
    rules = {
        rule
        for severity, rule, _ in found(ALLOWED["an escalation that nobody catches"])
        if severity == "error"
    }
    assert not any("escalation" in rule for rule in rules)
