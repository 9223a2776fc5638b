"""Every error of the engine has a problem of its own in the API, and a stable code nobody else has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.failures import problem_name
from api.problems import PROBLEM_TYPES
from engine import errors
from engine.errors import EhcError


def tree(of: type[EhcError]) -> Iterator[type[EhcError]]:
    """An error and all that are derived from it."""
    yield of
    for derived in of.__subclasses__():
        yield from tree(derived)


ERRORS = [error for error in tree(EhcError) if error is not EhcError and error.__module__ == errors.__name__]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_an_error_is_a_problem_of_the_api(error):
    assert problem_name(error) == error.code.replace("_", "-")
    assert problem_name(error) in PROBLEM_TYPES


def test_every_error_has_a_code_of_its_own():
    codes = [error.code for error in tree(EhcError)]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("name", PROBLEM_TYPES)
def test_a_problem_says_what_to_do(name):
    kind = PROBLEM_TYPES[name]
    assert kind.name == name
    assert kind.title
    assert kind.remedy.endswith(".")
