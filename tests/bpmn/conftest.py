"""One run of the modelling tools for all tests of the diagrams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from cli import modelling_tools
from tests.bpmn.diagrams import DIAGRAMS, FOLDER, TABLES

Findings = Mapping[str, Mapping[str, Sequence[str]]]


@pytest.fixture(scope="session")
def stock_findings() -> Findings:
    """What the stock tools say: file -> kind of finding -> findings."""
    return dict(modelling_tools.answers("check.mjs", FOLDER, *DIAGRAMS, *TABLES)[0])
