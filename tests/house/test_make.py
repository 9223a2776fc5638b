"""The commands of the Makefile say what they do, and `make test` leaves nothing out."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.support.sources import ROOT, committed


def make(*arguments: str) -> str:
    """What make prints; dry runs print what they would do."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    run = subprocess.run(
        ["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return run.stdout


def test_make_alone_lists_the_commands():
    listed = make()
    assert all(
        f"make {target} " in listed
        for target in ["setup", "run", "test", "faults", "bench", "diagrams", "shape"]
    )


@pytest.mark.parametrize(
    "part", ["ruff check", "ruff format --check", "mypy", "npm ci", "pytest -n 2 --dist worksteal tests"]
)
def test_make_test_runs_every_part(part):
    assert part in make("--dry-run", "--always-make", "test")


@pytest.mark.parametrize("part", ["ruff check", "mypy"])
def test_make_lint_checks_style_and_types(part):
    assert part in make("--dry-run", "lint")


def test_the_scripts_for_node_can_be_read():
    for script in (path for path in committed() if path.endswith(".mjs")):
        subprocess.run(["node", "--check", script], cwd=ROOT, check=True, capture_output=True, text=True)


def test_make_run_needs_no_node():
    assert "npm" not in make("--dry-run", "--always-make", "run")


def test_the_integration_runs_make_test():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text()
