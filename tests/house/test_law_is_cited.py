"""Every rule says where it's written and when somebody last looked, and at least one case proves it."""

from __future__ import annotations

import re

import pytest

from engine.clock import SystemClock
from engine.law import statute
from tests.support.sources import ROOT

VERSIONS = [
    pytest.param(version, id=f"{rule.id}-{version.starts}") for rule in statute() for version in rule.known
]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_is_cited_and_was_checked(version):
    assert version.cite.strip()
    assert version.starts <= version.checked_on <= SystemClock().today()
    assert version.href is None or version.href.startswith("https://")
    assert version.href is not None or version.kind in ("good_practice", "tribunal_practice")


def test_every_rule_is_reached_by_a_case():
    reached = words_of_the_cases()
    assert [rule.id for rule in statute() if rule.id not in reached] == []


def words_of_the_cases() -> frozenset[str]:
    """Every identifier in the tests of the law and in their tables."""
    folder = ROOT / "tests" / "engine" / "law"
    texts = (path.read_text() for path in folder.rglob("*") if path.suffix in (".py", ".yaml", ".csv"))
    return frozenset(word for text in texts for word in re.findall(r"\w+", text))
