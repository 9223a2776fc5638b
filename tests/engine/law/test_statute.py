"""The statute as a value: rules, anchors, exceptions, and the register that documents are made from."""

from datetime import date

import pytest

from engine.law import UnknownRule, register, statute

FINAL_PLAN = ("reg5_decide_to_assess", "reg5_2_notify_others", "reg10_decide_no_plan", "reg10_2_notify_others",
              "reg13_2_final_20w", "reg27_final_14w")  # fmt: skip
PLANNED = {
    "meeting_date",
    "phase_transfer_on",
    "term_starts_on",
    "academic_year_ends_on",
    "deadline_on",
    "review_due_on",
}


def test_it_is_read_once():
    assert statute() is statute()


def test_rules_are_found_by_id_and_in_order():
    law = statute()
    assert len(law) == 135
    assert "reg13_2_final_20w" in law
    assert "reg13_3_final_20w" not in law
    assert law.rule("reg13_2_final_20w").id == "reg13_2_final_20w"
    assert next(rule.id for rule in law) == "s23_health_notify_la"


def test_every_anchor_is_described():
    for name, anchor in statute().anchors().items():
        assert anchor.name == name
        assert anchor.title[0].isupper()
        assert not anchor.title.endswith(".")
        assert anchor.meaning.endswith(".")


def test_only_these_facts_may_lie_ahead():
    assert {name for name, anchor in statute().anchors().items() if anchor.planned} == PLANNED


def test_every_anchor_is_counted_from_or_leads_to_one_that_is():
    law = statute()
    led_from = {"draft_sent_on", "advice_request_sent_on"}
    assert {name for name in law.anchors() if not law.counting_from(name)} == led_from


def test_which_rules_count_from_a_fact():
    assert statute().counting_from("meeting_held_on") == (
        "reg20_report_2w",
        "reg20_10_decision_4w",
        "devon_amend_notice_4w",
        "devon_final_12w",
    )


@pytest.mark.parametrize(
    ("code", "lifts"),
    [
        ("EX_SCHOOL_CLOSED", FINAL_PLAN),
        ("EX_EY_CLOSED", FINAL_PLAN),
        ("EX_MISSED_APPT", ("reg8_advice_6w", "reg26_advice_6w")),
        ("EX_AGREED_TIME", ("reg42_2_agreement_as_order", "reg42_3_other_2w")),
        ("EX_FTT_REPS", ()),
        ("EX_S31", ()),
        ("EX_RECENT_6M", ()),
        ("EX_COVID", ()),
    ],
)
def test_what_an_exception_lifts(code, lifts):
    assert statute().lifted_by(code) == lifts


@pytest.mark.parametrize(
    "code", ["EX_PERSONAL", "EX_ABSENT_4W", "EX_ABSENT_2W", "EX_REG13_3", "EX_FTT_DIRECTION", "EX_DET"]
)
def test_other_exceptions_lift_what_names_them(code):
    lifted = statute().lifted_by(code)
    assert lifted
    assert all(code in statute().rule(rule).latest.exceptions for rule in lifted)


@pytest.mark.parametrize(
    "rule",
    [
        "reg13_1_parent_15d", "reg15_4_inform_6w", "reg18_1a_secondary_to_post16", "reg18_1b_other_phase",
        "reg20_3_notice_2w", "reg20_10_decision_4w", "reg22_2_parent_15d", "reg22_3_final_8w",
        "reg25_decide_15d", "reg31_1_inform_consult", "reg34_cert_no_mediation_3wd", "reg42_4_icb_tells_la_1w",
    ],
)  # fmt: skip
def test_nothing_lifts_these(rule):
    assert statute().rule(rule).latest.exceptions == ()


@pytest.mark.parametrize(
    ("code", "day", "in_force"),
    [
        ("EX_COVID", date(2020, 4, 30), False),
        ("EX_COVID", date(2020, 5, 1), True),
        ("EX_COVID", date(2020, 9, 25), True),
        ("EX_COVID", date(2020, 9, 26), False),
        ("EX_DET", date(2015, 3, 31), False),
        ("EX_DET", date(2015, 4, 1), True),
        ("EX_PERSONAL", date(2050, 1, 1), True),
    ],
)
def test_when_an_exception_may_be_relied_on(code, day, in_force):
    assert statute().exception(code).is_in_force(day) is in_force


def test_exceptions_are_described():
    law = statute()
    assert len(law.exceptions) == 14
    for exception in law.exceptions.values():
        assert exception.circumstance.endswith(".")
        assert exception.effect.startswith(
            "Lifts nothing" if not law.lifted_by(exception.code) else "Lifts the limit"
        )


@pytest.mark.parametrize("ask", [statute().rule, statute().exception, statute().lifted_by])
def test_what_there_is_not_is_refused(ask):
    with pytest.raises(UnknownRule, match=r"There is no (rule|exception) EX_STAFFING"):
        ask("EX_STAFFING")


def test_the_register_lists_every_rule_flat():
    entries = {entry.id: entry for entry in register()}
    assert list(entries) == list(statute().rules)
    review = entries["reg15_5_first_review"]
    assert (review.length, review.number, review.unit, review.counting) == (
        "3 months",
        3,
        "months",
        "PERIOD_INCL",
    )
    assert review.anchors == ("transfer_on", "plan_made_on", "last_review_on")
    assert review.group_name == "Moves between authorities and commissioning bodies"
    assert (review.versions, review.ended_on, review.computable) == (1, None, True)


def test_the_register_shows_amendments_and_ends():
    law = statute().amended("devon_final_12w", date(2029, 9, 1), None)
    entry = next(entry for entry in register(law) if entry.id == "devon_final_12w")
    assert entry.ended_on == date(2029, 9, 1)
    assert entry.starts == date(2022, 3, 8)
