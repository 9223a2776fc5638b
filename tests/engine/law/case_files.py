"""The YAML cases, read once for every test that uses them."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

from engine.clock import LONDON

FOLDER = Path(__file__).parent / "cases"
KEYS = {
    "name",
    "given",
    "sum",
    "last_day",
    "safe_day",
    "earliest_day",
    "strict_day",
    "anchor",
    "kept",
    "broken",
    "broken_in_utc",
    "lifted_by",
    "no_such_law",
    "not_computable",
}


@cache
def cases_by_rule():
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for rule, cases in yaml.safe_load(path.read_text("utf-8")).items():
            assert rule not in found, f"{rule} has cases in two files"
            found[rule] = cases
    return found


def all_cases():
    return [(rule, case) for rule, cases in cases_by_rule().items() for case in cases]


def london(text):
    """An instant from `YYYY-MM-DD HH:MM`, London time."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


A_MINUTE = timedelta(minutes=1)
