"""What strangers' bytes reach first. Each target takes any bytes and may refuse them, in its own words only."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from api.problems import Refusal
from api.reading import decode_json
from engine.definitions.lint import lint
from engine.errors import BadInput
from engine.feel import FeelSyntaxError, LimitExceeded, compile_expression
from engine.files.looking import look
from engine.services import paging
from engine.services.imports.blade_files import read_files
from engine.services.sign_in.bearer import PATTERN, kind_of

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
#: Expressions may take this many steps here, so that a slow one is seen as one.
_STEPS = 20_000


def json_body(data: bytes) -> None:
    """The body of a request: what is taken can be written again and means the same."""
    try:
        value = decode_json(data)
    except Refusal:
        return
    assert json.loads(json.dumps(value)) == value


def cursor(data: bytes) -> None:
    """A cursor that a caller made up."""
    try:
        day, key = paging.decode(data.decode("latin-1"), str, int)
    except BadInput:
        return
    assert isinstance(day, str)
    assert 0 <= key < 2**63


def token(data: bytes) -> None:
    """A bearer token that a stranger made up. The checksum is against slips; a fuzzer solves it."""
    text = data.decode("latin-1")
    assert kind_of(text) is None or re.fullmatch(PATTERN, text)


def expression(data: bytes) -> None:
    """FEEL in a diagram of somebody's."""
    try:
        text = data.decode()
        compiled = compile_expression(text, ["a", "b"])
        compiled.evaluate({"a": 1, "b": "x"}, now=NOON, steps=_STEPS)
    except (UnicodeDecodeError, FeelSyntaxError, LimitExceeded):
        return


def returned(data: bytes) -> None:
    """A file of a SEN2 return, as an import takes it."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    read_files({"person": text, "requests": text}, most_rows=50)


def upload(data: bytes) -> None:
    """A file that somebody uploads under the name of one of the kinds that are taken."""
    with TemporaryDirectory() as folder:
        place = Path(folder, "sent")
        place.write_bytes(data)
        for ending in (".pdf", ".docx", ".xlsx", ".txt", ".png"):
            try:
                look(place, f"sent{ending}")
            except BadInput:
                continue


def diagram(data: bytes) -> None:
    """A diagram of somebody's, as a deployment's dry run takes it."""
    lint({"fuzzed.bpmn": data})


def table(data: bytes) -> None:
    """A decision table of somebody's."""
    lint({"fuzzed.dmn": data})


def form(data: bytes) -> None:
    """A form of somebody's."""
    lint({"fuzzed.form": data})


#: By name: the target, and bytes to begin with.
TARGETS: dict[str, tuple[Callable[[bytes], None], tuple[bytes, ...]]] = {
    "json-body": (
        json_body,
        (b'{"answers": {"a": [1, 2.5, null, "x"]}}', b"[" * 40, b'{"a": 1, "a": 2}', b"NaN", b'"\\ud800"'),
    ),
    "cursor": (cursor, (b"WyIyMDI2LTExLTAyIiw0MDk2XQ", b"", b"W10", b"!!!")),
    "token": (token, (b"ehc_pat_", b"ehc_pat_" + b"0" * 38)),
    "expression": (
        expression,
        (
            b"if a > 1 then b else [a, a]",
            b"for x in 1..10 return x * a",
            b'date("2026-11-02") + duration("P1M")',
            b'matches(b, "(x+)+$")',
        ),
    ),
    "return": (returned, (b"PersonTableID,Surname\n1,Example\n", b'"', b"a,a\n1,2,3\n", b"\xef\xbb\xbf")),
    "upload": (upload, (b"%PDF-1.7\n%%EOF", b"PK\x03\x04" + bytes(40), b"\x89PNG\r\n\x1a\n", b"text")),
    "diagram": (
        diagram,
        (
            b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" isExecutable="true">'
            b'<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/>'
            b"</process></definitions>",
            b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
            b"",
        ),
    ),
    "table": (
        table,
        (
            b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
            b'<decision id="x" name="x"><literalExpression><text>1</text></literalExpression></decision>'
            b"</definitions>",
        ),
    ),
    "form": (form, (b'{"id": "f", "type": "default", "components": [{"type": "textfield", "key": "a"}]}',)),
}
