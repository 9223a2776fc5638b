"""Every kind of audit event is written by something: the list holds no event that can't happen."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from engine.services.audit.audit import Event
from tests.support.sources import modules


@cache
def written() -> set[str]:
    """The names of the events that some module of the engine uses."""
    nodes = (node for module in modules("engine") for node in ast.walk(module.tree))
    return {
        n.attr
        for n in nodes
        if isinstance(n, ast.Attribute) and getattr(n.value, "id", getattr(n.value, "attr", "")) == "Event"
    }


@pytest.mark.parametrize("event", Event, ids=str)
def test_an_event_is_written_somewhere(event):
    assert event.name in written()


@pytest.mark.parametrize("event", Event, ids=str)
def test_an_event_is_named_subject_then_what_happened(event):
    assert re.fullmatch(r"[a-z]+:[a-z]+", event.value)
    assert event.name == event.value.replace(":", "_").upper()
