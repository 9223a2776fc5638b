"""Strangers' bytes are refused in our own words: the seeds of each fuzzing target, bent in every way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

#: Bytes that change what comes after them, in one of the forms that are read here.
TURNS = [
    b"\x00",
    b"\xff",
    b'"',
    b"\\",
    b"{",
    b"[",
    b"<",
    b"&",
    b"(",
    b"1e999",
    b"\xed\xa0\x80",
    b"-",
    b"]",
    b"}",
]


@st.composite
def bent(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A seed with a piece taken out and another put in."""
    seed = draw(st.sampled_from(seeds))
    begin = draw(st.integers(0, len(seed)))
    end = draw(st.integers(begin, min(len(seed), begin + 8)))
    piece = draw(st.one_of(st.sampled_from(TURNS), st.binary(max_size=12)))
    return seed[:begin] + piece * draw(st.integers(0, 3)) + seed[end:]


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_is_taken_or_refused(name: str) -> None:
    target, seeds = TARGETS[name]
    for seed in seeds:
        target(seed)

    @settings(max_examples=60)
    @given(bent(seeds))
    def holds(data: bytes) -> None:
        target(data)

    holds()
