"""What all schemas share: camelCase names, and messages that say what to do."""

from __future__ import annotations

from typing import Any, ClassVar

import marshmallow
from marshmallow import fields

from api.words import camel

_MESSAGES = {"required": "This is missing. Send it.", "null": "This may not be null."}
_WRONG_TYPE: dict[type[fields.Field[Any]], str] = {
    fields.String: "This must be text.",
    fields.List: "This must be a list.",
    fields.Mapping: "This must be an object.",
}


class Schema(marshmallow.Schema):
    """Names in Python are snake_case, names in JSON camelCase."""

    error_messages: ClassVar[dict[str, str]] = {  # type: ignore[misc]
        "unknown": "There is no such field. Leave it out.",
        "type": "This must be an object.",
    }

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Give the field its name in JSON, and messages in our words."""
        if field_obj.data_key is None:
            field_obj.data_key = camel(field_name)
        _say_it_our_way(field_obj)


def _say_it_our_way(field: fields.Field[Any]) -> None:
    """A list's items too: they are never bound by name."""
    field.error_messages |= _MESSAGES
    for kind, message in _WRONG_TYPE.items():
        if isinstance(field, kind):
            field.error_messages["invalid"] = message
    if isinstance(field, fields.List):
        _say_it_our_way(field.inner)


class RequestSchema(Schema):
    """What callers send: a field that isn't named here is refused."""

    #: Whether the whole body may be left out.
    may_be_left_out = False

    class Meta:
        """What marshmallow does with fields it doesn't know."""

        unknown = marshmallow.RAISE


class AnswerSchema(Schema):
    """What we answer: clients must expect that fields are added, so nothing is said against more of them."""

    class Meta:
        """What marshmallow does with fields it doesn't know."""

        unknown = marshmallow.EXCLUDE
