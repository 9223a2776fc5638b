"""The ladder of this release, over its whole input space: everybody who is late is heard of."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from engine.config import Settings
from engine.definitions import vocabulary
from engine.dmn import read_model
from engine.ladder import DECISION, FILE, LEVELS, NOBODY, NOT_ANSWERED, SETTING, Known, Rung, check
from engine.ladder.cells import EVER
from engine.law import statute
from engine.services.escalations.lateness_reasons import USUAL
from engine.wording import kind_of, read_folder
from tests.engine.ladder.shipped import TEXT, shipped

WORDINGS = read_folder(Settings.from_environment({}).bpmn_folder / "messages")
KINDS = ("statutory", "guidance", "derived", "good_practice", "tribunal_practice")
AGENCIES = (*vocabulary().agencies, SETTING, "an_agency_of_tomorrow")
RULES = (*statute().rules, "a_rule_of_tomorrow")
ANSWERS = (NOT_ANSWERED, *USUAL, "a_reason_of_the_authority")
DAYS = range(-60, 201)
LADDER = shipped()
STATUTORY = "statutory"


def test_it_names_nothing_that_there_is_not() -> None:
    wordings = {name for name in WORDINGS if kind_of(name) == "alert"}
    known = Known(
        agencies=set(vocabulary().agencies),
        rules=set(statute().rules),
        kinds=set(KINDS),
        wordings=wordings,
        answers=set(USUAL),
    )
    assert check(TEXT, known=known) == []


def test_every_row_says_in_words_what_it_is_for() -> None:
    assert [row.number for row in LADDER.rows if not row.description] == []


@pytest.mark.parametrize("agency", AGENCIES)
def test_whatever_is_late_has_somebody_who_is_told(agency: str) -> None:
    unheard = [
        (rule, kind, answered, first)
        for rule, kind, answered in product(RULES, KINDS, ANSWERS)
        for first, last, rung in spans(agency, rule, kind, answered)
        if last >= 1 and (rung is None or not rung.roles)
    ]
    assert unheard == []


def spans(agency: str, rule: str, kind: str, answered: str) -> list[tuple[int, int, Rung | None]]:
    """Every day there is, parted by what the ladder says."""
    steps = LADDER.steps(agency=agency, rule=rule, kind=kind, answered=answered)
    starts = [-EVER if start is None else start for start, _ in steps]
    ends = [*(start - 1 for start in starts[1:]), EVER]
    return [(first, last, rung) for first, last, (_, rung) in zip(starts, ends, steps, strict=True)]


@pytest.mark.parametrize("agency", AGENCIES)
def test_lateness_climbs_day_by_day_and_is_never_silent_again(agency: str) -> None:
    for rule, kind, answered in product(("reg8_advice_6w", "reg13_2_final_20w"), KINDS, ANSWERS):
        rungs = [
            LADDER.decide(agency=agency, rule=rule, kind=kind, days=day, answered=answered) for day in DAYS
        ]
        heights = [0 if rung is None else 1 + LEVELS.index(rung.level) for rung in rungs]
        assert heights == sorted(heights)
        assert heights[0] == 0


@pytest.mark.parametrize(
    ("day", "level", "roles"),
    [
        (-15, None, ()),
        (-14, "task_holder", ("task_holder",)),
        (-7, "service_manager", ("service_manager", "task_holder")),
        (-2, "service_manager", ("service_manager", "task_holder")),
        (1, "service_manager", ("service_manager",)),
        (2, "service_manager", ("service_manager",)),
        (3, "group_head", ("group_head", "service_manager")),
        (15, "operational_board", ("operational_board", "group_head")),
        (29, "strategic_board", ("strategic_board", "operational_board", "group_head")),
    ],
)
def test_a_limit_of_the_council_climbs_from_the_holder_to_the_strategic_board(
    day: int, level: str | None, roles: tuple[str, ...]
) -> None:
    rung = LADDER.decide(agency="send_team", rule="reg13_2_final_20w", kind=STATUTORY, days=day)
    assert (rung.level if rung else None) == level
    assert (rung.roles if rung else ()) == roles


def test_health_and_social_care_have_their_designated_officer_from_the_second_day() -> None:
    for agency in ("camhs", "icb", "social_care"):
        asked = {"agency": agency, "rule": "reg8_advice_6w", "kind": STATUTORY}
        levels = [rung.level for day in (1, 2, 3) if (rung := LADDER.decide(**asked, days=day))]
        assert levels == ["service_manager", "dco_dsco", "group_head"]


def test_an_answer_lets_the_manager_keep_it_for_three_days_more() -> None:
    asked = {"agency": "send_team", "rule": "reg13_2_final_20w", "kind": STATUTORY}
    assert LADDER.next_change(**asked, after=1) == 3
    assert LADDER.next_change(**asked, after=1, answered="capacity") == 6


def test_boards_hear_of_legal_limits_alone() -> None:
    for kind in KINDS:
        asked = {"agency": "send_team", "rule": "reg13_2_final_20w", "kind": kind}
        rung = LADDER.decide(**asked, days=200)
        assert rung is not None
        assert rung.level == ("strategic_board" if kind == STATUTORY else "group_head")


def test_the_first_alerts_are_those_of_good_practice() -> None:
    def length(rule: str) -> int:
        number = statute().rule(rule).latest.limb.length.number
        assert number is not None
        return number

    advice = length("reg8_advice_6w") - length("chase_advice_3w")
    assert LADDER.first_day("camhs", "reg8_advice_6w", STATUTORY) == -7 * advice
    assert LADDER.first_day("send_team", "reg13_2_final_20w", STATUTORY) == -length("prealert_14d")
    starts = [day for day, rung in LADDER.steps(agency="send_team", rule="x", kind=STATUTORY) if rung]
    assert starts[1:3] == [-length("prealert_7d"), -length("prealert_2d")]


def test_the_table_says_the_same_to_whoever_runs_it_as_a_decision() -> None:
    model = read_model(TEXT.encode(), FILE)
    rules = ("reg8_advice_6w", "reg13_2_final_20w")
    days = (-40, -21, -15, -14, -8, -7, -3, -2, 0, 1, 2, 3, 5, 6, 14, 15, 28, 29, 200)
    for agency, rule, kind, answered in product(
        ("camhs", "send_team", "setting"), rules, (STATUTORY, "guidance"), (NOT_ANSWERED, "other")
    ):
        for day in days:
            given = {"agency": agency, "rule": rule, "kind": kind, "days": day, "answered": answered}
            value = model.evaluate(DECISION, given, now=datetime(2026, 11, 25, tzinfo=UTC)).value
            rung = LADDER.decide(agency=agency, rule=rule, kind=kind, days=day, answered=answered)
            assert isinstance(value, dict)
            assert value["level"] == (rung.level if rung else NOBODY)
            assert value["wording"] == (rung.wording if rung else None)
