"""The reasons as they are read, and that nobody pays for them who doesn't ask."""

from datetime import date

import pytest

from engine.law import due, explaining, statute


def test_six_weeks_step_by_step():
    found = due("reg5_decide_to_assess", date(2026, 11, 2))
    assert found.steps == (
        "Request received on Monday 2 November 2026.",
        "Decide whether to assess and tell the family: SEND Regulations 2014, reg 5(1), (3) and (4) "
        "(reg5_decide_to_assess, version of 1 September 2014, a first day known from memory).",
        "Six weeks after that day (the day itself isn't counted) is Monday 14 December 2026.",
        "It is kept until the end of Monday 14 December 2026 and broken from 00:00 on Tuesday 15 December 2026, "
        "London time.",
    )
    assert found.notes == (
        "Some count the day of the event as the first; to be in time by that reading too, act by Sunday 13 "
        "December 2026.",
        "It is lifted by EX_SCHOOL_CLOSED, EX_EY_CLOSED, EX_PERSONAL or EX_ABSENT_4W, if such a circumstance makes "
        "keeping it impractical.",
    )
    assert found.explanation == " ".join((*found.steps, *found.notes))


@pytest.mark.parametrize(
    ("rule", "facts", "sentence"),
    [
        (
            "reg13_1_parent_15d",
            date(2027, 2, 22),
            "15 days beginning with that day (it is counted as the first) end on Monday 8 March 2027.",
        ),
        (
            "s44_first_review",
            date(2027, 1, 1),
            "The 12 months that begin with that day end on Friday 31 December 2027.",
        ),
        (
            "reg20_3_notice_2w",
            date(2027, 3, 3),
            "At least two weeks before that day means on or before Wednesday 17 February 2027.",
        ),
        (
            "reg18_1a_secondary_to_post16",
            date(2027, 9, 1),
            "The law says before 31 March of that year, 2027: the last day is Tuesday 30 March 2027.",
        ),
        ("s42_secure_provision", date(2027, 3, 22), "It is due at once, on Monday 22 March 2027."),
        ("s46_age25", date(2027, 7, 30), "The law names that day itself, Friday 30 July 2027."),
        (
            "reg34_cert_no_mediation_3wd",
            date(2026, 12, 23),
            "The third working day after that day (the day itself isn't counted) is Wednesday 30 December 2026.",
        ),
        (
            "reg34_cert_no_mediation_3wd",
            date(2026, 12, 23),
            "Not counted: weekends, Friday 25 December 2026 (Christmas Day) and Monday 28 December 2026 (Boxing Day "
            "(substitute day)).",
        ),
        (
            "reg15_2_transfer_15wd",
            date(2026, 12, 17),
            "The 15th working day, counting from that day itself, is Monday 11 January 2027.",
        ),
        (
            "ftt_la_response_30wd",
            date(2026, 7, 20),
            "The 30th tribunal working day after that day (the day itself isn't counted) is Tuesday 29 September 2026.",
        ),
        (
            "ftt_la_response_30wd",
            date(2026, 7, 20),
            "Not counted for the tribunal: weekends, bank holidays, August, and 25 December to 1 January.",
        ),
        (
            "ftt_r20_appeal_2m",
            date(2026, 6, 10),
            "The tribunal doesn't work that day, so what must reach it is in time on its next working day, Tuesday "
            "1 September 2026.",
        ),
        (
            "reg5_decide_to_assess",
            date(2026, 11, 13),
            "That is a bank holiday (Christmas Day), and the limit doesn't move; the safe day is Thursday 24 December 2026.",
        ),
        (
            "reg18_1b_other_phase",
            date(2027, 9, 1),
            "That is no working day, and the limit doesn't move; the safe day is Friday 12 February 2027.",
        ),
        ("s43_admit", date(2026, 11, 7), "That is no working day, and the limit doesn't move."),
        (
            "reg15_5_first_review",
            {"transfer_on": date(2027, 1, 11), "last_review_on": date(2026, 11, 2)},
            "The later of these days stands: Monday 1 November 2027.",
        ),
        ("ftt_r20_appeal_2m", date(2026, 11, 2), "It is open until the end of Monday 4 January 2027."),
        ("s45_4_hold", date(2026, 11, 2), "What it holds back may not be done before Sunday 3 January 2027."),
        (
            "reg24_six_month_bar",
            date(2026, 11, 2),
            "A request made by the end of Sunday 2 May 2027 may be refused for this reason.",
        ),
        ("s43_admit", date(2026, 11, 9), "It is owed on Monday 9 November 2026."),
        ("prealert_7d", date(2026, 12, 14), "Nobody is late by it; it marks Monday 7 December 2026."),
    ],
)
def test_a_step(rule, facts, sentence):
    assert sentence in due(rule, facts).steps


@pytest.mark.parametrize(
    ("rule", "facts", "note"),
    [
        (
            "cop_setting_reply_15d",
            date(2026, 11, 2),
            "This is guidance, to be followed unless there is good reason not to; it is no legal limit.",
        ),
        ("draft_plan_backstop", date(2026, 11, 2), "This follows from other limits; no provision sets it."),
        ("chase_advice_3w", date(2026, 11, 2), "This is good practice, not law."),
        (
            "ftt_register_10wd",
            date(2026, 11, 2),
            "This is what the tribunal does in practice, not a rule of law.",
        ),
        (
            "cop_under5_3_6m",
            date(2027, 1, 1),
            "The range begins on Thursday 1 April 2027, three months after the event.",
        ),
        (
            "s44_first_review",
            date(2028, 2, 29),
            "February 2029 has no 29th, so the safe reading is taken; Wednesday 28 February 2029 would be arguable.",
        ),
        ("ftt_r20_appeal_2m", date(2026, 12, 31), "February 2027 has no 31st, so its last day counts."),
        ("reg18_2_post16_to_post16", date(2027, 7, 30), "February 2027 has no 30th, so its last day counts."),
        (
            "ftt_r20_appeal_2m",
            date(2026, 12, 31),
            "It may be later: one month from certificate_issued_on, which isn't given, if that is the later day.",
        ),
        (
            "reg15_5_first_review",
            date(2027, 1, 11),
            "It may be later: 12 months from plan_made_on or last_review_on, which isn't given, if that is the later day.",
        ),
        (
            "reg5_decide_to_assess",
            date(2031, 3, 3),
            "The bank holidays known here end with 2028: working days in 2031 rest on computed ones.",
        ),
        ("reg22_4_no_amend_8w", date(2026, 11, 2), "Only a part of the provision's text was checked."),
        (
            "reg25_decide_15d",
            date(2026, 11, 2),
            "The provision's text was not checked: read it before relying on this.",
        ),
        (
            "reg33_contact_adviser_2m",
            date(2026, 11, 2),
            "Only the tribunal can allow more time, and only exceptionally.",
        ),
        (
            "reg26_advice_6w",
            date(2026, 11, 2),
            "The provision was checked in what others write about it, not in its own text.",
        ),
    ],
)
def test_a_note(rule, facts, note):
    assert note in due(rule, facts).notes


@pytest.mark.parametrize("sent", [date(2027, 3, 31), date(2027, 4, 30), date(2026, 12, 28)])
def test_a_corresponding_date_that_there_is_needs_no_note(sent):
    assert not any("has no" in note for note in due("ftt_r20_appeal_2m", sent).notes)


def test_both_facts_of_a_later_limb_leave_nothing_open():
    facts = {"notice_sent_on": date(2026, 11, 2), "certificate_issued_on": date(2026, 11, 9)}
    assert not any(note.startswith("It may be later") for note in due("ftt_r20_appeal_2m", facts).notes)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            "reg44_2b_notify_2w",
            "version of 23 March 2015, a first day inferred from a neighbouring provision)",
        ),
        ("devon_final_12w", "version of 8 March 2022)"),
        ("prealert_7d", "version of 1 September 2014)"),
    ],
)
def test_how_well_the_first_day_is_known(rule, words):
    assert words in due(rule, date(2026, 11, 2)).explanation


def test_an_anchor_of_another_statute_is_named_as_it_reads():
    law = statute()
    assert explaining._happened("letter_received_on") == "Letter received"
    assert explaining._happened("meeting_date") == law.anchors()["meeting_date"].title


def test_nobody_pays_for_an_explanation_they_do_not_read(monkeypatch):
    told = []
    monkeypatch.setattr(explaining, "steps", lambda found: told.append(found) or ("Because.",))
    found = due("reg5_decide_to_assess", date(2026, 11, 2))
    assert (found.last_day, found.broken_at, told) == (date(2026, 12, 14), found.broken_at, [])
    assert found.steps == found.steps == ("Because.",)
    assert told == [found]
