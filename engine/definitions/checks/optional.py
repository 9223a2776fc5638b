"""Gateways that ask for data which may not be there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.definitions.diagram import Flow
from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, warning

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


def optional_data_is_tested(flow: Flow, known: Known) -> Iterator[Remark]:
    """A condition over null is neither true nor false, and the step would fail there."""
    text = _TEXT.sub('""', flow.condition)
    for name in sorted(known.optional):
        if _is_read(text, name) and not _is_tested(text, name):
            yield warning(
                "optional-not-tested",
                f"The gateway {called(flow.gateway)} asks for {name}, which may be empty: this condition "
                "is then neither true nor false, and the step fails.",
                f"Begin the condition with: {name} != null and …, or compare with = only.",
            )


def _is_read(text: str, name: str) -> bool:
    """Read in a way that null spoils; ``=`` and ``!=`` take null as any other value."""
    for found in re.finditer(rf"(?<![.\w]){re.escape(name)}(?!\w)", text):
        before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
        compared = after.startswith(("=", "!=")) or before.endswith(("!=",)) or _ends_with_equals(before)
        if not compared:
            return True
    return False


def _ends_with_equals(before: str) -> bool:
    """Whether a comparison by ``=`` stands before it; the ``=`` that opens an expression is none."""
    return before.endswith("=") and before != "=" and not before.endswith(("<=", ">="))


def _is_tested(text: str, name: str) -> bool:
    tested = rf"(?<![.\w]){re.escape(name)}\s*!?=\s*null\b|null\s*!?=\s*{re.escape(name)}(?!\w)"
    known = rf"(is defined|get or else|coalesce)\s*\(\s*{re.escape(name)}(?!\w)"
    return re.search(tested, text) is not None or re.search(known, text) is not None
