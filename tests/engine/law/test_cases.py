"""The cases that lawyers can read: every rule, in every situation that matters to it."""

from datetime import datetime

import pytest

from engine.law import NoSuchLaw, NotComputable, due, statute
from tests.engine.law.case_files import A_MINUTE, KEYS, all_cases, cases_by_rule, london

ANSWERED = [(rule, case) for rule, case in all_cases() if "last_day" in case]
REFUSED = [(rule, case) for rule, case in all_cases() if "last_day" not in case]


def named(pairs):
    return [pytest.param(rule, case, id=f"{rule}: {case['name']}") for rule, case in pairs]


@pytest.mark.parametrize(("rule", "case"), named(ANSWERED))
def test_the_law_answers(rule, case):
    found = due(rule, case["given"])
    assert found.last_day == case["last_day"], f"{case['sum']}\n{found.explanation}"
    assert found.safe_day == case.get("safe_day", found.last_day)
    for key in ("earliest_day", "strict_day", "anchor"):
        if key in case:
            assert getattr(found, key) == case[key]
    if "lifted_by" in case:
        assert sorted(found.terms.exceptions) == sorted(case["lifted_by"])


@pytest.mark.parametrize(("rule", "case"), named([pair for pair in ANSWERED if "kept" in pair[1]]))
def test_a_limit_is_kept_to_the_last_minute_and_broken_by_the_next(rule, case):
    found = due(rule, case["given"])
    kept, broken = london(case["kept"]), london(case["broken"])
    assert kept < found.broken_at
    assert broken == found.broken_at
    assert broken - kept == A_MINUTE
    if "broken_in_utc" in case:
        assert datetime.fromisoformat(case["broken_in_utc"]) == found.broken_at


@pytest.mark.parametrize(("rule", "case"), named(REFUSED))
def test_the_law_has_no_answer(rule, case):
    refusal = NoSuchLaw if "no_such_law" in case else NotComputable
    with pytest.raises(refusal, match=case.get("no_such_law") or case["not_computable"]):
        due(rule, case["given"])


def test_every_rule_has_a_case():
    assert set(cases_by_rule()) == set(statute().rules)


def test_no_case_has_a_key_that_nobody_reads():
    assert {key for _, case in all_cases() for key in case} <= KEYS


def test_every_answer_shows_its_sum():
    assert all(case["sum"].strip() for _, case in ANSWERED)
