"""What all lists share: how long a page is, and where it begins."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Pattern, QueryNumber
from api.schema import AnswerSchema, RequestSchema
from engine.services.paging import MOST

_CURSOR = Pattern("^[A-Za-z0-9_-]{1,400}$", error="This isn't a cursor. Take endCursor of the page before.")


class ListQuery(RequestSchema):
    """The query parameters that every list takes."""

    limit = QueryNumber(
        least=1, most=MOST, load_default=50, metadata={"description": "How many items a page holds at most."}
    )
    cursor = fields.String(validate=_CURSOR, metadata={"description": "`page.endCursor` of the page before."})


class PageEnd(AnswerSchema):
    """Where the next page of a list begins."""

    end_cursor = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Send it as `cursor` for the next page; null on the last one."},
    )


class ListPage(AnswerSchema):
    """One page of a list; each list adds its `items`."""

    page = fields.Nested(PageEnd, required=True)


#: The end of the last page, for examples.
LAST = {"endCursor": None}
