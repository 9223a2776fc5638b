"""Diagrams that were damaged at random: refused with findings or run, but never a failure of ours."""

from __future__ import annotations

import contextlib
import random

import pytest
from lxml import etree

from engine.spiff import Bundle, DiagramRefused, Instance, StepFailed, read_bundle, running
from tests.engine.spiff.more_shapes import SHAPES as MORE
from tests.engine.spiff.playing import World
from tests.engine.spiff.shapes import SHAPES

WHOLE = [shape.xml for shape in (*SHAPES, *MORE) if len(shape.xml) < 6_000]
ROUNDS = 600
ODD = ["", " ", "gone", "true", "=", "=1 +", "P", "R/", "-1", "1e9", "h", "s", "e", "\u00e4", "a" * 300]


def damage(xml: bytes, chance: random.Random) -> bytes:
    root = etree.fromstring(xml)
    for _ in range(chance.randint(1, 4)):
        elements = [
            element for element in root.iter() if element is not root and element.getparent() is not None
        ]
        if elements:
            chance.choice([_remove, _copy, _move, _attribute, _text, _tag])(
                chance.choice(elements), elements, chance
            )
    return etree.tostring(root)


def _remove(element: etree._Element, others: list[etree._Element], chance: random.Random) -> None:
    element.getparent().remove(element)


def _copy(element: etree._Element, others: list[etree._Element], chance: random.Random) -> None:
    chance.choice(others).append(etree.fromstring(etree.tostring(element)))


def _move(element: etree._Element, others: list[etree._Element], chance: random.Random) -> None:
    target = chance.choice(others)
    if element not in target.iterancestors() and target is not element:
        target.append(element)


def _attribute(element: etree._Element, others: list[etree._Element], chance: random.Random) -> None:
    if element.attrib:
        name = chance.choice(list(element.attrib))
        values = [value for other in others for value in other.attrib.values()]
        if chance.random() < 0.3:
            del element.attrib[name]
        else:
            element.set(name, chance.choice(ODD + values))


def _text(element: etree._Element, others: list[etree._Element], chance: random.Random) -> None:
    element.text = chance.choice(ODD)


def _tag(element: etree._Element, others: list[etree._Element], chance: random.Random) -> None:
    element.tag = chance.choice(others).tag


def run(bundle: Bundle, process: str) -> None:
    world = World()
    instance = Instance.start(bundle, process, {"x": 1, "case": 1, "again": False}, world)
    for task in instance.open_tasks()[:3]:
        if task.token in [each.token for each in instance.open_tasks()]:
            instance.complete(task.token, {"again": False, "bad": False, "done": True})
    instance = Instance.restore(bundle, instance.save(), world)
    instance.receive("m", None, {})
    instance.signal("g", {})
    instance.cancel()


def run_a_little(xml: bytes) -> str:
    try:
        bundle = read_bundle({"a.bpmn": xml}, job_types={"work"})
    except DiagramRefused:
        return "refused"
    for process in bundle.processes:
        with contextlib.suppress(StepFailed):
            run(bundle, process)
    return "ran"


@pytest.mark.parametrize("seeds", [range(start, start + 100) for start in range(0, ROUNDS, 100)], ids=str)
def test_damaged_diagrams(seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_STEPS", 500)
    results = []
    for seed in seeds:
        chance = random.Random(seed)
        xml = damage(chance.choice(WHOLE), chance)
        try:
            results.append(run_a_little(xml))
        except Exception as problem:
            raise AssertionError(f"seed {seed}: {problem!r}\n{xml.decode()}") from problem
    assert {"refused", "ran"} == set(results)
