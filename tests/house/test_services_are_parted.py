"""The services are parted by subject: a module lies in its subject's package, or is common to every step."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.sources import ROOT, Module, modules

SERVICES = "engine.services"
#: What no subject has to itself: the step and what surrounds it, who asks, and how the installation stands.
COMMON = {
    "agenda",
    "check",
    "chores",
    "days",
    "demonstration",
    "effects",
    "environment",
    "figures",
    "functions",
    "health",
    "idempotency",
    "incidents",
    "instances",
    "ledger_rows",
    "occurrences",
    "paging",
    "permissions",
    "principals",
    "step",
    "sweep",
    "views",
}
PARTS = [module for module in modules("engine") if module.name.startswith(f"{SERVICES}.")]


def is_package(module: Module) -> bool:
    """Whether it's the `__init__.py` of a folder."""
    return module.path.name == "__init__.py"


def only_names_its_subject(text: str) -> bool:
    """Whether a package says what it's about in one line, and does nothing else."""
    told = ast.get_docstring(ast.parse(text), clean=False)
    return bool(told) and text == f'"""{told}"""\n' and "\n" not in str(told)


def test_what_lies_at_the_top_is_common_to_all():
    at_the_top = {m.name for m in PARTS if m.name.count(".") == 2 and not is_package(m)}
    assert at_the_top == {f"{SERVICES}.{name}" for name in COMMON}


def test_every_folder_is_a_package_one_floor_down():
    folders = {module.path.parent for module in PARTS} - {ROOT / Path(*SERVICES.split("."))}
    assert folders == {module.path.parent for module in PARTS if is_package(module)}
    assert {module.name for module in PARTS if module.name.count(".") > 3} == set()


@pytest.mark.parametrize("package", filter(is_package, PARTS), ids=lambda module: module.name)
def test_a_package_names_its_subject_and_does_nothing_else(package):
    assert only_names_its_subject(package.text)


@pytest.mark.parametrize(
    "text",
    ["", '"""Subject."""\nfrom engine.services import step\n', '"""Subject.\n\nMore.\n"""\n', "x = 1\n"],
)
def test_a_package_that_does_more_is_seen(text):
    assert not only_names_its_subject(text)
