"""Parses bodies and queries by their schemas and refuses whatever the schema doesn't name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, ClassVar, NoReturn

import marshmallow
from flask import Request
from marshmallow import fields
from webargs.flaskparser import FlaskParser

from api.problems import FieldError, Refusal, bad_input
from api.reading import has_body, read_json

_PLACES = {"json": "body", "query": "query", "headers": "header"}


class StrictParser(FlaskParser):
    """webargs for Flask without its leniency: JSON as `api.reading` says, each query parameter once."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {  # type: ignore[misc]
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": marshmallow.RAISE,
        "querystring": marshmallow.RAISE,
        "form": marshmallow.RAISE,
        "files": marshmallow.RAISE,
    }

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:
        """The body, read strictly; some may be left out."""
        if getattr(schema, "may_be_left_out", False) and not has_body(req):
            return {}
        return read_json(req)

    def load_querystring(self, req: Request, schema: marshmallow.Schema) -> Any:
        """The query; a parameter that stands twice is refused unless its field is a list."""
        lists, sent = _lists(schema), {}
        for name, values in req.args.lists():
            if len(values) > 1 and name not in lists:
                raise bad_input("query", name, f"{name} stands {len(values)} times. Send it once.")
            sent[name] = values if name in lists else values[0]
        return sent

    def handle_error(
        self,
        error: marshmallow.ValidationError,
        req: Request,
        schema: marshmallow.Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Every field that is wrong, in one answer."""
        errors = list(_field_errors(error.messages))
        detail = errors[0].message if len(errors) == 1 else f"{len(errors)} fields can't be accepted."
        raise Refusal("bad-input", detail, errors=errors)


@lru_cache(maxsize=1_024)
def _lists(schema: marshmallow.Schema) -> frozenset[str]:
    """The parameters that may stand several times; an operation has one schema for all its requests."""
    fields_of = schema.load_fields.items()
    return frozenset(field.data_key or name for name, field in fields_of if isinstance(field, fields.List))


def _field_errors(messages: Any) -> Iterator[FieldError]:
    for location, found in messages.items():
        for path, message in _flat(found, ()):
            yield FieldError(_PLACES.get(location, location), ".".join(path), message)


def _flat(messages: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _flat(inner, path if name == "_schema" else (*path, str(name)))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner, path)
    else:
        yield path, str(messages)
