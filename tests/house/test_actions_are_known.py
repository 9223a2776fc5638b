"""The vocabulary and the services know the same actions and requirements: a diagram can't ask for another."""

from __future__ import annotations

import pytest

from engine.definitions.vocabulary import vocabulary
from engine.services.plans.plan_actions import PLAN_ACTIONS
from engine.services.reviews.review_actions import REVIEW_ACTIONS
from engine.services.tasks.requirements import REQUIREMENTS

WORDS = vocabulary()


@pytest.mark.parametrize(
    ("told", "done"),
    [
        (WORDS.plan_actions, PLAN_ACTIONS),
        (WORDS.review_actions, REVIEW_ACTIONS),
        (WORDS.requirements, REQUIREMENTS),
    ],
    ids=["plan actions", "review actions", "requirements"],
)
def test_what_a_diagram_may_ask_for_is_what_the_services_do(told, done):
    assert set(told) == set(done)


def test_every_action_says_what_a_trial_gets_back():
    for name, action in {**WORDS.plan_actions, **WORDS.review_actions}.items():
        assert action.title, name
        assert isinstance(action.gives, dict), name
