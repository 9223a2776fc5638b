"""Functions and modules stay short enough to be read in one go; `make shape` shows the figures."""

from __future__ import annotations

from tests.support import shape
from tests.support.sources import Module, modules


def test_no_function_is_longer_than_a_screen():
    everything = modules(
        "engine", "notifications", "insight", "api", "web", "cli", "tests", "benchmarks", "examples"
    )
    assert [f for f in shape.functions(everything) if f.lines > shape.LONGEST_FUNCTION] == []


def test_few_modules_are_long_and_none_very():
    lengths = {module.name: shape.lines(module) for module in modules()}
    long = {name: length for name, length in lengths.items() if length > shape.LONG_MODULE}
    assert len(long) <= shape.SHARE_OF_LONG_MODULES * len(lengths), long
    assert max(lengths.values()) <= shape.LONGEST_MODULE, long


def test_every_function_of_the_product_says_what_it_returns():
    assert [function.place for function in shape.functions(modules()) if not function.annotated] == []


def test_a_function_is_measured_without_its_docstring(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        'def one():\n    """Say.\n\n    More.\n    """\n    def two(): return 1\n    return two\n'
    )
    assert [function.lines for function in shape.functions([Module("module", path)])] == [3, 1]


def test_the_report_has_figures():
    assert "function lines: median" in shape.report()
