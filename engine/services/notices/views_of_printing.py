"""What services answer about letters that the authority prints itself."""

from __future__ import annotations

from datetime import date, datetime

from engine.services.views import View


class QueuedView(View):
    """A copy of a letter that waits to be printed; `lacks` says why it can't be, without the address."""

    delivery_key: str
    case_key: str
    notice_key: str
    title: str
    made_on: date
    lacks: str | None


class BatchView(View):
    """Letters in one PDF, for the printer."""

    key: str
    state: str
    copies: int
    pages: int
    digest: str
    made_at: datetime
    posted_on: date | None
    version: int
