"""The processes we ship get no remark; each small slip in them gets one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from engine.definitions import lint
from engine.services.functions import FUNCTIONS

FOLDER = Path(__file__).parents[3] / "bpmn"


@cache
def shipped() -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in FOLDER.iterdir() if path.suffix in (".bpmn", ".dmn", ".form")
    }


def test_what_we_ship_gets_no_remark() -> None:
    assert lint(shipped(), functions=FUNCTIONS) == []


SLIPS = {
    "a rule misspelt": ("request_to_plan.bpmn", 'ehc:rule" value="reg5_decide_to_assess"', 'ehc:rule" value="reg5_decide"', "unknown-rule"),
    "a property misspelt": ("request_to_plan.bpmn", '"ehc:meets"', '"ehc:meet"', "unknown-property"),
    "a timer on the last day": ("request_to_plan.bpmn", "=limit.broken", "=limit.due", "due-as-time"),
    "weeks in the diagram": ("request_to_plan.bpmn", "=limit.broken", '=now() + duration("P6W")', "timer-not-from-law"),
    "a deadline that ends the task": ("request_to_plan.bpmn", ' cancelActivity="false"', "", "interrupting-deadline"),
    "a form misspelt": ("request_to_plan.bpmn", 'formId="decide_assess"', 'formId="decide_asess"', "unknown-form"),
    "a decision misspelt": ("request_to_plan.bpmn", 'decisionId="reg6_advisers"', 'decisionId="reg6_adviser"', "decision-missing"),
    "a called process misspelt": ("request_to_plan.bpmn", 'processId="draft_plan"', 'processId="draft_plans"', "called-process-missing"),
    "a started process misspelt": ("request_to_plan.bpmn", "=&#34;appeal_window&#34;", "=&#34;appeal_windows&#34;", "unknown-process"),
    "an agency misspelt": ("request_to_plan.bpmn", 'ehc:agency" value="send_team"', 'ehc:agency" value="sent_team"', "unknown-agency"),
    "a role misspelt": ("request_to_plan.bpmn", 'candidateGroups="caseworker"', 'candidateGroups="case_worker"', "unknown-role"),
    "a notice misspelt": ("request_to_plan.bpmn", 'value="refusal_to_assess"', 'value="refuse_to_assess"', "unknown-notice"),
    "a status misspelt": ("request_to_plan.bpmn", "=&#34;assessing&#34;", "=&#34;assesing&#34;", "unknown-status"),
    "a variable misspelt": ("request_to_plan.bpmn", "=assess != null", "=asses != null", "unknown-variable"),
    "a question without a label": ("decide_assess.form", '"label": "Will we carry out an assessment?"', '"label": ""', "form-missing-label"),
    "an example that is refused": ("decide_assess.form", '"ehc:example": "true"', '"ehc:example": "perhaps"', "form-example-misfit"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_found(slip: str) -> None:
    name, right, wrong, rule = SLIPS[slip]
    text = shipped()[name].decode()
    assert right in text
    files = {**shipped(), name: text.replace(right, wrong).encode()}
    assert rule in {each.rule for each in lint(files, functions=FUNCTIONS)}
