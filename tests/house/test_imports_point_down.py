"""A room knows only of the rooms below it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.house.rooms import KNOWS, room_of
from tests.support.sources import Module, modules


def reaches_up(module: Module) -> list[str]:
    room = room_of(module.name)
    assert room is not None, f"{module.name} is in no room: give its folder a place in tests/house/rooms.py"
    return [name for name in module.imports if _is_above(name, room)]


def _is_above(imported: str, room: str) -> bool:
    other = room_of(imported)
    return other not in (None, room) and other not in KNOWS[room]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_a_module_imports_only_from_below(module):
    assert reaches_up(module) == []


def test_every_part_of_the_engine_has_a_room_of_its_own():
    assert [module.name for module in modules() if room_of(module.name) == "engine" != module.name] == []


def test_no_two_rooms_know_each_other_but_the_services_and_what_opens_them():
    mutual = {frozenset({a, b}) for a in KNOWS for b in KNOWS[a] if a in KNOWS.get(b, ())}
    assert mutual == {frozenset({"engine.services", "engine.application"})}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("engine.law.rules", "from engine.store import tables"),
        ("engine.feel.values", "def late():\n    import engine.law"),
        ("api.tasks", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from cli.main import ehc"),
    ],
)
def test_reaching_up_is_seen(tmp_path, name, text):
    path = tmp_path / "module.py"
    path.write_text(text)
    assert len(reaches_up(Module(name, path))) == 1


def test_the_floors_are_in_order():
    floors = [
        "engine.clock",
        "engine.law",
        "engine.definitions",
        "engine.services",
        "notifications",
        "api",
        "cli",
    ]
    assert all(lower in KNOWS[higher] for lower, higher in pairwise(floors))
