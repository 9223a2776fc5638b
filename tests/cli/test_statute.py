"""`ehc statute` as a person or a script uses it."""

import json

import pytest
from click.testing import CliRunner

from cli.statute import statute


def ehc_statute(*arguments):
    return CliRunner().invoke(statute, arguments)


@pytest.mark.parametrize(
    ("arguments", "last_day"),
    [
        (["reg13_2_final_20w", "--anchor", "2026-11-02"], "2027-03-22"),
        (["reg13_2_final_20w", "--anchor", "became_responsible_on=2026-11-02"], "2027-03-22"),
        (["ftt_r20_appeal_2m", "--anchor", "2026-06-10"], "2026-09-01"),
        (
            [
                "ftt_r20_appeal_2m",
                "--anchor",
                "notice_sent_on=2026-06-10",
                "--anchor",
                "certificate_issued_on=2026-09-01",
            ],
            "2026-10-01",
        ),
        (
            ["reg15_5_first_review", "--anchor", "2027-01-11", "--anchor", "last_review_on=2026-11-02"],
            "2027-11-01",
        ),
        (["s42_secure_provision", "--anchor", "2027-03-22"], "2027-03-22"),
        (["reg18_1b_other_phase", "--anchor", "2027-09-01"], "2027-02-14"),
    ],
)
def test_the_date_alone(arguments, last_day):
    answer = ehc_statute("due", *arguments)
    assert (answer.exit_code, answer.output) == (0, f"{last_day}\n")


def test_the_reasons_come_before_the_date():
    answer = ehc_statute("due", "reg5_decide_to_assess", "--anchor", "2026-11-02", "--explain")
    lines = answer.output.splitlines()
    assert lines[0] == "Request received on Monday 2 November 2026."
    assert lines[2].startswith("Six weeks after that day")
    assert lines[-1] == "2026-12-14"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["reg13_final_20w", "--anchor", "2026-11-02"],
            "There is no rule reg13_final_20w. Did you mean reg13_2_final_20w",
        ),
        (
            ["reg9_support_to_family", "--anchor", "2026-11-02"],
            "no last day that can be worked out: no period is set.",
        ),
        (["reg6_seek_advice"], "it is owed as soon as practicable"),
        (["reg42_2_agreement_as_order", "--anchor", "2026-11-02"], "such as reg44_2b_notify_2w"),
        (["reg5_decide_to_assess"], "it counts from request_received_on or became_responsible_on"),
        (
            ["reg5_decide_to_assess", "--anchor", "2026-02-30"],
            "'2026-02-30' is no date (day is out of range for month)",
        ),
        (
            ["reg5_decide_to_assess", "--anchor", "20261102"],
            "'20261102' is no date (not in the form YYYY-MM-DD)",
        ),
        (["reg5_decide_to_assess", "--anchor", "request_received_on="], "'' is no date"),
        (["reg5_decide_to_assess", "--anchor", "soon"], "Write it as YYYY-MM-DD, for example 2026-11-02."),
        (
            ["reg5_decide_to_assess", "--anchor", "plan_made_on=2026-11-02"],
            "doesn't count from plan_made_on, but from request_received_on or",
        ),
        (
            ["reg5_decide_to_assess", "--anchor", "2026-11-02", "--anchor", "2026-11-03"],
            "request_received_on is given twice",
        ),
        (["reg5_decide_to_assess", "--anchor", "2013-11-02"], "was not law on 2013-11-02"),
        (["reg5_decide_to_assess", "--anchor", "9999-12-31"], "Give a day between the years"),
    ],
)
def test_no_answer_is_a_sentence_and_exit_code_2(arguments, words):
    answer = ehc_statute("due", *arguments)
    assert answer.exit_code == 2
    assert words in answer.stderr
    assert answer.stdout == ""


def test_the_list_of_a_group():
    answer = ehc_statute("list", "--group", "c")
    assert answer.exit_code == 0
    assert len(answer.output.splitlines()) == 10
    assert answer.output.splitlines()[5].split()[:4] == ["reg13_2_final_20w", "20", "weeks", "deadline,"]


def test_the_list_as_data():
    rules = json.loads(ehc_statute("list", "--format", "json").output)
    assert len(rules) == 135
    plan = next(rule for rule in rules if rule["id"] == "reg13_2_final_20w")
    assert (plan["number"], plan["unit"], plan["counting"]) == (20, "weeks", "EXCL")
    assert plan["checkedOn"] == "2026-11-23"
    assert plan["startConfidence"] == "memory"


def test_a_group_that_there_is_not():
    answer = ehc_statute("list", "--group", "Q")
    assert answer.exit_code == 2
    assert "There is no group Q. The groups are A (Request and decision to assess)" in answer.stderr


def test_the_anchors():
    text = ehc_statute("anchors").output
    assert "meeting_date\n    The day the review meeting is to be held. It may lie ahead." in text
    assert "draft_sent_on\n" in text
    assert "none counts from it" in text
    anchors = json.loads(ehc_statute("anchors", "--format", "json").output)
    held = next(anchor for anchor in anchors if anchor["name"] == "meeting_held_on")
    assert held["rules"][0] == "reg20_report_2w"
    assert held["planned"] is False


@pytest.mark.parametrize("command", [[], ["due"], ["list"], ["anchors"]])
def test_every_command_has_an_example(command):
    answer = ehc_statute(*command, "--help")
    assert answer.exit_code == 0
    assert f"Example: ehc statute {' '.join(command)}" in answer.output
