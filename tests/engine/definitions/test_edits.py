"""Edits of the processes we ship that could cost a family a limit, a decision or an answer: each is told of."""

from __future__ import annotations

import pytest

from engine.definitions import lint
from engine.services.functions import FUNCTIONS
from tests.engine.definitions.edits import Edit, drop, drop_rule, edited, redirect, remove, retype, unset
from tests.engine.definitions.test_shipped_bundle import shipped

# file: the edits, each with the rule and the element of the finding that it must give.
HARMFUL: dict[str, list[tuple[Edit, str, str]]] = {
    "request_to_plan": [
        (drop("decide_assess", "assignmentDefinition"), "anybody-may-do", "decide_assess"),
        (drop("decide_plan", "formDefinition"), "answer-never-given", "plan_outcome__send_refusal_to_issue"),
        (drop("family_views_request", "formDefinition"), "no-form", "family_views_request"),
        (drop("early_information", "ehc:agency"), "agency-missing", "early_information"),
        (drop("send_refusal_to_assess", "ehc:meets"), "limit-left-open", "assess_outcome"),
        (drop("send_refusal_to_issue", "ehc:supersedes"), "limit-left-open", "plan_outcome"),
        (drop("record_not_responsible", "ehc:supersedes"), "limit-left-open", "responsible_authority"),
        (drop("decide_assess_overdue", "ehc:rule"), "limit-without-rule", "decide_assess_overdue"),
        (unset("decide_assess_overdue", "cancelActivity"), "interrupting-deadline", "decide_assess_overdue"),
        (remove("open_window_after_refusal"), "dead-end", "record_refusal"),
        (redirect("record_refusal open_window_after_refusal", "next_steps_meeting"), "unreachable", "open_window_after_refusal"),
        (retype("assessment_complete", "exclusiveGateway"), "done-twice", "outcomes_meeting"),
        (retype("begin_assessment", "exclusiveGateway"), "join-never-fills", "assessment_complete"),
        (retype("draft_in_hand", "parallelGateway"), "join-never-fills", "draft_in_hand"),
        (redirect("family_views_request_decided family_not_awaited", "collate_evidence"), "done-twice", "collate_evidence"),
        (redirect("plan_signed draft_to_change", "plan_issued"), "one-way-gateway", "draft_to_change"),
    ],
    "advice": [
        (drop("send_advice_request", "stamps"), "stamp-missing", "send_advice_request"),
        (drop("record_receipt", "occurrence"), "occurrence-not-given", "record_receipt"),
        (drop("accept_advice", "ehc:meets"), "limit-never-met", "give_advice"),
        (drop("accept_advice", "ehc:metOn"), "met-on-missing", "accept_advice"),
        (drop("note_decline", "ehc:supersedes"), "limit-left-open", "advice_declined"),
        (drop("first_chase_due", "ehc:occurrence"), "occurrence-missing", "first_chase_due"),
        (drop("complete_advice", "ehc:agency"), "agency-missing", "complete_advice"),
        (unset("check_advice", "candidateGroups"), "anybody-may-do", "check_advice"),
        (drop("check_advice", "formDefinition"), "no-form", "check_advice"),
    ],
    "draft_plan": [
        (drop("send_draft", "ehc:meets"), "limit-never-met", "draft_plan"),
        (drop("quality_check", "assignmentDefinition"), "anybody-may-do", "quality_check"),
        (drop("icb_agreement", "formDefinition"), "answer-never-given", "health_agreed__quality_check"),
        (remove("family_period_over"), "one-way-gateway", "await_family_period"),
        (remove("family_response"), "join-never-fills", "draft_consulted"),
        (retype("family_period_begins", "exclusiveGateway"), "join-never-fills", "draft_consulted"),
    ],
    "finalise_plan": [
        (drop("sign_plan", "ehc:requires"), "requirement-missing", "sign_plan"),
        (drop("sign_plan", "ehc:agency"), "agency-missing", "sign_plan"),
        (drop("send_final_plan", "stamps"), "stamp-missing", "send_final_plan"),
        (drop("send_final_plan", "ehc:meets"), "limit-never-met", "finalise_plan"),
        (remove("open_appeal_window"), "appeal-not-watched", "send_final_plan"),
    ],
    "annual_review": [
        (drop("look_up_route", "hasSetting"), "decision-input-missing", "look_up_route"),
        (drop("note_held", "ehc:meets"), "limit-never-met", "hold_review_meeting"),
        (drop("send_report", "ehc:meets"), "limit-never-met", "write_review_report"),
        (drop("send_report", "ehc:occurrence"), "occurrence-missing", "send_report"),
        (drop("hold_review_meeting", "ehc:requires"), "requirement-missing", "hold_review_meeting"),
        (remove("consult_on_ceasing"), "one-way-gateway", "ceasing_considered"),
        (redirect("plan_to_be_kept decision_open", "after_meeting"), "join-never-fills", "after_meeting"),
    ],
    "amend_plan": [
        (drop("plan_stays", "messageEventDefinition"), "sends-nothing", "plan_stays"),
        (drop("drop_amendments", "ehc:supersedes"), "limit-left-open", "plan_has_ceased"),
        (drop_rule("plan_stays", "ehc:supersedes", "reg28_final_8w"), "limit-left-open", "decision"),
        (drop("issue_amended_plan", "occurrence"), "occurrence-not-given", "issue_amended_plan"),
        (drop("plan_stays", "ehc:meets"), "limit-left-open", "discard_draft"),
        (drop("decide_amendment", "ehc:requires"), "requirement-missing", "decide_amendment"),
        (redirect("response_overtaken family_heard", "amendment_ended"), "limit-left-open", "respond_to_amendments"),
    ],
    "cease_plan": [
        (drop("look_up_told", "ioMapping"), "decision-input-missing", "look_up_told"),
        (drop_rule("plan_goes_on", "ehc:supersedes", "reg31_2_notify_decision"), "limit-left-open", "end_decided"),
        (drop("send_cessation_decision", "ehc:meets"), "limit-left-open", "decided_in_review"),
        (remove("views_overtaken"), "one-way-gateway", "views_in"),
        (retype("hearing_begins", "exclusiveGateway"), "join-never-fills", "all_heard"),
    ],
    "consult_setting": [
        (drop("reply_to_consultation", "ehc:agency"), "agency-missing", "reply_to_consultation"),
    ],
}  # fmt: skip
EDITS = [(file, number) for file, edits in HARMFUL.items() for number in range(len(edits))]


@pytest.mark.parametrize(("file", "number"), EDITS, ids=[f"{f}-{HARMFUL[f][n][2]}-{n}" for f, n in EDITS])
def test_a_harmful_edit_is_told_of_where_it_was_made(file: str, number: int) -> None:
    edit, rule, element = HARMFUL[file][number]
    name = f"{file}.bpmn"
    alongside = {other: content for other, content in shipped().items() if other != name}
    found = lint({name: edited(shipped()[name], edit)}, alongside=alongside, functions=FUNCTIONS)
    assert (rule, element) in {(each.rule, each.element) for each in found}
