"""Reads the OpenAPI document the way a person does: operation by operation, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One parameter or field: where it stands, what it holds, and what it means."""

    name: str
    place: str
    kind: str
    required: bool
    meaning: str


@dataclass(frozen=True)
class Operation:
    """One operation, ready to be shown."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    permission: str
    rows: list[Row]
    sends: str | None
    status: str
    answers: str
    problems: list[str]


@dataclass(frozen=True)
class Section:
    """The operations of one resource."""

    name: str
    description: str
    operations: list[Operation]


def sections(document: Json) -> list[Section]:
    """The resources of a document, in its own order."""
    found = list(_operations(document))
    return [
        Section(
            tag["name"],
            tag["description"],
            [operation for name, operation in found if name == tag["name"]],
        )
        for tag in document["tags"]
    ]


def _operations(document: Json) -> Iterator[tuple[str, Operation]]:
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method in ("get", "post", "put", "patch", "delete"):
            if method in item:
                yield item[method]["tags"][0], _operation(document, path, method, item[method], shared)


def _operation(document: Json, path: str, method: str, operation: Json, shared: list[Json]) -> Operation:
    status, answered = next(iter(operation["responses"].items()))
    bodies = operation.get("requestBody", {}).get("content", {})
    body = bodies.get("application/json")
    of_a_file = next(iter(set(bodies) - {"application/json"}), None)
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        permission=operation["x-permission"],
        rows=[*_parameters(document, [*shared, *operation.get("parameters", [])]), *_body(document, body)],
        sends=_shown(body["example"]) if body else of_a_file,
        status=status,
        answers=_example(answered),
        problems=operation["x-problems"],
    )


def _example(answered: Json) -> str:
    """The first example of an answer: JSON, or text as it stands; empty for an answer without a body."""
    content = next(iter(answered.get("content", {}).values()), None)
    if content is None:
        return ""
    example = content["example"]
    return example if isinstance(example, str) else _shown(example)


def _parameters(document: Json, parameters: list[Json]) -> Iterator[Row]:
    for reference in parameters:
        parameter = resolved(document, reference)
        yield Row(
            name=parameter["name"],
            place=parameter["in"],
            kind=_kind(parameter["schema"]),
            required=parameter.get("required", False),
            meaning=parameter.get("description", ""),
        )


def _body(document: Json, body: Json | None) -> Iterator[Row]:
    if body:
        yield from _fields(document, body["schema"], "")


def _fields(document: Json, schema: Json, before: str) -> Iterator[Row]:
    whole = resolved(document, schema)
    for name, field in whole.get("properties", {}).items():
        inner = resolved(document, field)
        meaning = inner.get("description", "")
        yield Row(before + name, "body", _kind(inner), name in whole.get("required", ()), meaning)
        if inner.get("properties"):
            yield from _fields(document, inner, f"{before}{name}.")


def resolved(document: Json, part: Json) -> Json:
    """What a reference points to; anything else as it is."""
    if "$ref" not in part:
        return part
    found: Any = document
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return {**found, **{name: value for name, value in part.items() if name != "$ref"}}


def _kind(schema: Json) -> str:
    """A schema in a few words: `day`, `text or null`, `one of: a, b`."""
    if "enum" in schema:
        return "one of: " + ", ".join(str(value) for value in schema["enum"] if value is not None)
    kinds = schema.get("type", "anything")
    words = [_word(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return " or ".join(words)


def _word(kind: str, schema: Json) -> str:
    if kind == "string":
        return {"date": "day", "date-time": "instant"}.get(schema.get("format", ""), "text")
    if kind == "integer" and "minimum" in schema:
        return f"whole number, {schema['minimum']} to {schema['maximum']}"
    return {"integer": "whole number", "array": "list", "boolean": "true or false"}.get(kind, kind)


def _shown(example: object) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)
