from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from tests.api.asking import Caller
from tests.api.sample import Heard, sample


@pytest.fixture(scope="session")
def sample_app() -> Iterator[Caller]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield Caller(sample())


@pytest.fixture
def things(sample_app: Caller) -> Caller:
    """The sample application, asked by a worker; what its operations heard before is forgotten."""
    Heard.last = None
    return sample_app
