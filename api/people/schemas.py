"""What people look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Key, Line, Pattern, WholeNumber
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema

_LARGEST = 2**31 - 1
EMAIL = Pattern("^[^@ ]{1,64}@[^@ ]{1,189}$", error="This must be an email address.")


class PersonQuery(ListQuery):
    """Whom is asked for."""

    search = Line(longest=80, metadata={"description": "A part of the name."})


class PersonChange(RequestSchema):
    """What is to change; what isn't sent stays."""

    name = Line()
    email = fields.String(validate=EMAIL, allow_none=True)


class Person(AnswerSchema):
    """Somebody who is, was or will be a member."""

    key = Key(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    version = WholeNumber(least=1, most=_LARGEST, required=True)


class PersonPage(ListPage):
    """One page of people."""

    items = fields.List(fields.Nested(Person), required=True)


PERSON_CHANGE: dict[str, Any] = {"email": "grace.bello@therapies.example"}
PERSON: dict[str, Any] = {
    "key": "31",
    "name": "Grace Bello",
    "email": "grace.bello@therapies.example",
    "version": 2,
}
PERSON_PAGE: dict[str, Any] = {"items": [PERSON], "page": LAST}
