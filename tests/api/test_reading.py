"""JSON that could be taken in two ways isn't taken at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.problems import Refusal
from api.reading import DEEPEST, LARGEST, decode_json

REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "isn't JSON"),
    "cut short": (b'{"a": 1', "isn't JSON"),
    "two values": (b"{} {}", "isn't JSON"),
    "byte order mark": (b"\xef\xbb\xbf{}", "isn't JSON"),
    "latin-1": (b'{"name": "Ren\xe9"}', "byte 13"),
    "utf-16": ('{"a": 1}'.encode("utf-16"), "byte 0"),
    "NaN": (b'{"a": NaN}', "NaN"),
    "infinity": (b'{"a": -Infinity}', "-Infinity"),
    "number that overflows": (b'{"a": 1e999}', "too large"),
    "whole number of 5,000 digits": (b'{"a": ' + b"9" * 5_000 + b"}", "too large"),
    "whole number that JavaScript changes": (f'{{"a": {LARGEST + 1}}}'.encode(), str(LARGEST)),
    "negative one": (f"[-{LARGEST + 1}]".encode(), str(LARGEST)),
    "a name twice": (b'{"a": 1, "b": 2, "a": 3}', "'a' stands twice"),
    "a name twice, deep inside": (b'[{"x": {"a": 1, "a": 1}}]', "'a' stands twice"),
    "NUL": (b'{"a": "x\\u0000y"}', "NUL"),
    "NUL in a name": (b'{"x\\u0000": 1}', "NUL"),
    "half a surrogate pair": (b'{"a": ["\\ud800"]}', "surrogate"),
    "other half": (b'{"\\udfff": 1}', "surrogate"),
    "nested a little too deep": (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "levels deep"),
    "nested without end": (b"[" * 100_000, ""),
    "objects nested without end": (b'{"a":' * 50_000, ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_ambiguous_is_refused(name: str) -> None:
    body, said = REFUSED[name]
    with pytest.raises(Refusal) as refused:
        decode_json(body)
    assert refused.value.code == 400
    assert said in str(refused.value.description)


def test_many_names_of_which_one_is_doubled_are_told_apart_at_once() -> None:
    names = [f'"n{number}": 0' for number in range(150_000)]
    body = ("{" + ", ".join([*names, names[-1]]) + "}").encode()
    with pytest.raises(Refusal, match="n149999"):
        decode_json(body)


def test_the_deepest_and_largest_that_are_taken() -> None:
    deep = "[" * DEEPEST + "]" * DEEPEST
    assert decode_json(deep.encode()) == json.loads(deep)
    assert decode_json(f"[{LARGEST}, -{LARGEST}, 0.1]".encode()) == [LARGEST, -LARGEST, 0.1]
    assert decode_json('{"name": "Zoë 🦊"}'.encode()) == {"name": "Zoë 🦊"}


_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=5)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(_JSON)
def test_ordinary_json_comes_through_as_it_is(value: Any) -> None:
    assert decode_json(json.dumps(value).encode()) == value
    assert decode_json(json.dumps(value, ensure_ascii=False).encode()) == value
