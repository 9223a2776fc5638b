"""Answers in words: one line or several."""

from __future__ import annotations

import re
from functools import lru_cache

import regex

from engine.forms.document import Component
from engine.forms.formulas import Scope
from engine.forms.kinds.kind import Schema, constant_rules

EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
PHONE = r"^\+?[0-9()\s-]{8,25}$"
_PATTERN_SECONDS = 0.1
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@lru_cache(maxsize=500)
def _pattern(text: str) -> regex.Pattern[str]:
    return regex.compile(text)


def pattern_of(component: Component) -> str | None:
    """The regular expression an answer has to match, also for e-mail addresses and telephone numbers."""
    kind = component.rules.get("validationType")
    if kind in ("email", "phone"):
        return EMAIL if kind == "email" else PHONE
    text = component.rules.get("pattern")
    return str(text) if text else None


class Text:
    """A text field or a text area."""

    def empty(self, component: Component) -> object:
        """Null: an empty text is the same as no answer."""
        return None

    def schema(self, component: Component, scope: Scope) -> Schema:
        """A string with its lengths and pattern; empty text and null too where it needn't be answered."""
        schema: Schema = {"type": "string"}
        if component.required:
            schema["minLength"] = 1
        schema |= constant_rules(component, {"minLength": "minLength", "maxLength": "maxLength"})
        if pattern := pattern_of(component):
            schema["pattern"] = pattern
        if component.required:
            return schema
        if schema.keys() <= {"type", "maxLength"}:
            return {**schema, "type": ["string", "null"]}
        return {"anyOf": [schema, {"enum": ["", None]}]}

    def missing(self, component: Component) -> str:
        """Ask for the words."""
        return f"Enter an answer to “{component.title}”."

    def fault(self, component: Component, value: object, scope: Scope) -> str | None:
        """Text of the right length and form, without characters that no database keeps."""
        title = component.title
        if not isinstance(value, str):
            return f"“{title}” must be text. Send it in quotation marks."
        if _UNSTORABLE.search(value):
            return f"“{title}” holds a character that can't be stored. Type the text again without it."
        if component.type == "textfield" and value.splitlines() != [value]:
            return f"“{title}” must be on one line."
        return _length_fault(component, value) or _pattern_fault(component, value)

    def example(self, component: Component, text: str) -> object:
        """The text as it stands."""
        return text


def _length_fault(component: Component, value: str) -> str | None:
    shortest, longest = component.rules.get("minLength"), component.rules.get("maxLength")
    if isinstance(shortest, int) and len(value.strip()) < shortest:
        return f"“{component.title}” must be {shortest} characters or more. It has {len(value.strip())}."
    if isinstance(longest, int) and len(value) > longest:
        return f"“{component.title}” must be {longest} characters or fewer. It has {len(value)}."
    return None


def _pattern_fault(component: Component, value: str) -> str | None:
    text = pattern_of(component)
    if text is None:
        return None
    try:
        matches = _pattern(text).search(value, timeout=_PATTERN_SECONDS) is not None
    except TimeoutError:
        return (
            f"The answer to “{component.title}” takes too long to check. Shorten it, and ask the process "
            "owner to simplify the question's pattern."
        )
    return None if matches else _explained(component)


def _explained(component: Component) -> str:
    own = component.rules.get("patternErrorMessage")
    examples = {"email": "an e-mail address such as name@example.org", "phone": "a telephone number"}
    wanted = examples.get(str(component.rules.get("validationType")))
    if own:
        return str(own)
    if wanted:
        return f"“{component.title}” must be {wanted}."
    return f"“{component.title}” isn't in the form that is asked for. Look at the hint and enter it again."
