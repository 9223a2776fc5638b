"""One class per kind of question: its JSON Schema, its own checks, how its example is written."""

from __future__ import annotations

from collections.abc import Mapping

from engine.forms.kinds.choices import Checkbox, ManyChoices, OneChoice
from engine.forms.kinds.computed import Computed
from engine.forms.kinds.dates import DateOrTime
from engine.forms.kinds.files import Files
from engine.forms.kinds.kind import Kind
from engine.forms.kinds.numbers import Number
from engine.forms.kinds.texts import Text

KINDS: Mapping[str, Kind] = {
    "textfield": Text(),
    "textarea": Text(),
    "number": Number(),
    "datetime": DateOrTime(),
    "checkbox": Checkbox(),
    "radio": OneChoice(),
    "select": OneChoice(),
    "checklist": ManyChoices(),
    "taglist": ManyChoices(),
    "filepicker": Files(),
    "expression": Computed(),
}

__all__ = ["KINDS", "Kind"]
