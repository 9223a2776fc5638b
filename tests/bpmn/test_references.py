"""What a diagram names is there, and what it computes is FEEL."""

from __future__ import annotations

from tests.bpmn.diagrams import (
    DIAGRAMS,
    NS,
    decision_ids,
    elements,
    form_ids,
    process_ids,
    root,
)

#: A message that a channel refuses begins it.
BEGUN_BY_THE_POST_ROOM = "undelivered"
#: By a request, or by somebody who proposes amendments (regulation 28).
BEGUN_BY_PEOPLE = {"request_to_plan", "amend_plan"}


def _is_computed(value: str) -> bool:
    return value.startswith("=")


def test_a_process_has_the_name_of_its_file():
    assert {path.stem for path in DIAGRAMS} == process_ids()


def test_every_form_is_there():
    named = {
        form.get("formId", "")
        for task in elements("userTask")
        if (form := task.extension("formDefinition")) is not None
    }
    assert {form for form in named if not _is_computed(form)} <= form_ids()
    assert {form for form in named if _is_computed(form)} == {"=adviser.form"}


def test_every_user_task_has_a_form_an_agency_and_a_role():
    for task in elements("userTask"):
        form, assignment = task.extension("formDefinition"), task.extension("assignmentDefinition")
        assert form is not None, task.place
        assert form.get("bindingType") == "deployment", task.place
        assert assignment is not None, task.place
        assert assignment.get("candidateGroups"), task.place
        assert task.properties.get("ehc:agency"), task.place


def test_every_decision_is_there():
    called = [task.extension("calledDecision") for task in elements("businessRuleTask")]
    named = {each.get("decisionId") for each in called if each is not None}
    assert named == {
        "who_is_told",
        "reg6_advisers",
        "advice_to_seek",
        "phase_transfer",
        "review_invitees",
        "review_route",
    }
    assert named <= decision_ids()


def test_every_process_that_is_called_or_started_is_there():
    called = [call.extension("calledElement") for call in elements("callActivity")]
    named = {each.get("processId", "") for each in called if each is not None}
    started = {
        each.get("source", "").strip('="')
        for task in elements("serviceTask")
        for each in task.node.iterfind(".//zeebe:input[@target='processId']", NS)
    }
    assert {"=adviser.process"} == {name for name in named if _is_computed(name)}
    assert {name for name in named | started if not _is_computed(name)} <= process_ids()


def test_a_called_process_gets_what_it_is_given_and_no_more():
    """A state stays small, and a called diagram can be read without knowing who calls it."""
    needed = {
        process.id: process.properties["ehc:variables"].split()
        for process in elements("process")
        if process.properties
    }
    for call in elements("callActivity"):
        called = call.extension("calledElement")
        assert called is not None, call.place
        assert called.get("propagateAllParentVariables") == "false", call.place
        assert called.get("propagateAllChildVariables") == "false", call.place
        given = {each.get("target") for each in call.node.iterfind(".//zeebe:input", NS)}
        process = called.get("processId", "")
        assert given <= set(needed["advice" if _is_computed(process) else process]), call.place


def test_every_process_is_reached_from_a_request():
    """Called, started, or named by the table of advisers."""
    text = "".join(path.read_text("utf-8") for path in [*DIAGRAMS, DIAGRAMS[0].parent / "reg6_advisers.dmn"])
    for process in process_ids() - BEGUN_BY_PEOPLE - {BEGUN_BY_THE_POST_ROOM}:
        named = (
            f'processId="{process}"',
            f"=&#34;{process}&#34;",
            f"=&quot;{process}&quot;",
            f'<text>"{process}"</text>',
        )
        assert any(name in text for name in named), process


def test_conditions_and_scripts_are_feel():
    for path in DIAGRAMS:
        conditions = root(path).iterfind(".//bpmn:conditionExpression", NS)
        assert [c.text for c in conditions if not _is_computed(c.text or "")] == [], path.name
        for name in ("source", "expression", "inputCollection", "outputElement"):
            written = root(path).xpath(f"//zeebe:*/@{name}", namespaces=NS)
            assert [each for each in written if not _is_computed(each)] == [], path.name


def test_names_are_in_the_words_of_practice():
    """Tasks say what is done, and every gateway that decides asks something."""
    for element in elements("userTask", "serviceTask", "businessRuleTask", "scriptTask", "callActivity"):
        name = element.node.get("name", "")
        assert name, element.place
        assert name[0].isupper(), element.place
        assert "_" not in name, element.place
    for gateway in elements("exclusiveGateway"):
        asks = len(list(gateway.node.iterfind("bpmn:outgoing", NS))) > 1
        assert asks == gateway.node.get("name", "").endswith("?"), gateway.place


def test_each_kind_of_element_has_its_template():
    kinds = ("notice", "record", "start", "plan", "review", "resend")
    tasks = {f"ehc:{kind}": f"ehc.{kind}" for kind in kinds}
    for element in elements("serviceTask"):
        definition = element.extension("taskDefinition")
        assert definition is not None, element.place
        assert element.template == tasks[definition.get("type", "")], element.place
    assert {element.template for element in elements("userTask")} == {"ehc.task"}
    assert {element.template for element in elements("businessRuleTask")} == {"ehc.decision"}
