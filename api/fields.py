"""Fields that take one form of a value and no other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validate

from engine.clock import format_instant, parse_instant

#: Whole number as text, as keys are written.
KEY_PATTERN = "^[1-9][0-9]{0,17}$"
#: Days outside these years are typing errors, and close to the end of what can be counted with.
FIRST_YEAR, LAST_YEAR = 1900, 2199
_ONE_LINE = r"^ *[^\s\u0000-\u001F\u007F][^\u0000-\u001F\u007F]*$"
_SOME_LETTER = r"\S"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,9}")


class Pattern(validate.Regexp):
    """A pattern that means the same in Python and in a client's JavaScript: `$` is the very end."""

    def __call__(self, value: Any) -> Any:
        """Check one text.

        Raises:
            ValidationError: it doesn't match, or ends in a line break that only Python's `$` forgives.
        """
        ends_in_break = value.endswith("\n") and str(self.regex.pattern).endswith("$")
        if ends_in_break or self.regex.search(value) is None:
            raise ValidationError(self._format_error(value))
        return value


class Key(fields.String):
    """The key of a thing: a whole number, as text."""

    def __init__(self, **options: Any) -> None:
        message = "A key is a whole number written as text, for example 1024."
        super().__init__(validate=Pattern(KEY_PATTERN, error=message), **options)


class Line(fields.String):
    """One line of text that isn't blank; white space around it is dropped."""

    def __init__(self, *, longest: int = 200, **options: Any) -> None:
        message = "This must be one line of text that isn't blank."
        self._length = _length(longest)
        super().__init__(validate=[self._length, Pattern(_ONE_LINE, error=message)], **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **options)
        self._length(text)  # as it was sent
        return text.strip(" ")


class Prose(fields.String):
    """Text of any number of lines that isn't blank."""

    def __init__(self, *, longest: int = 4000, **options: Any) -> None:
        checks = [_length(longest), Pattern(_SOME_LETTER, error="This may not be blank.")]
        super().__init__(validate=checks, **options)


class Day(fields.Date):
    """A day as ISO 8601 writes it, and only so: 2026-11-02."""

    default_error_messages: ClassVar[dict[str, Any]] = {  # type: ignore[misc]
        "invalid": "This must be a day such as 2026-11-02 that exists.",
        "far": f"This day must lie in the years {FIRST_YEAR} to {LAST_YEAR}.",
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> date:
        if not isinstance(value, str) or _DAY.fullmatch(value) is None:
            raise self.make_error("invalid", input=value)
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid", input=value) from None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self.make_error("far", input=value)
        return day


class Instant(fields.DateTime):
    """An instant in UTC: 2026-11-02T09:30:00Z."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else format_instant(value)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> datetime:
        try:
            return parse_instant(value)
        except (TypeError, ValueError):
            raise self.make_error("invalid", input=value, obj_type="instant") from None


class WholeNumber(fields.Integer):
    """A JSON number without fraction, between two bounds."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        super().__init__(validate=_between(least, most), **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> int:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("This must be a whole number.")
        return value


class QueryNumber(fields.Integer):
    """A whole number in a query: ASCII digits."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        super().__init__(validate=_between(least, most), **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> int:
        if not isinstance(value, str) or _NUMBER.fullmatch(value) is None:
            raise ValidationError("This must be a whole number.")
        return int(value)


class Flag(fields.Boolean):
    """Yes or no in a body: JSON's own `true` and `false`."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("This must be true or false.")
        return value


class QueryFlag(fields.Boolean):
    """Yes or no in a query: the words `true` and `false`."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> bool:
        if value not in ("true", "false"):
            raise ValidationError("This must be true or false.")
        return bool(value == "true")


def choice(*values: str, **options: Any) -> fields.String:
    """A field that takes one of a few words."""
    listed = ", ".join(values)
    check = validate.OneOf(values, error=f"This must be one of: {listed}.")
    return fields.String(validate=check, **options)


def _length(longest: int) -> validate.Length:
    return validate.Length(min=1, max=longest, error=f"This must have 1 to {longest} letters.")


def _between(least: int, most: int) -> validate.Range:
    return validate.Range(least, most, error=f"This must lie between {least} and {most}.")
