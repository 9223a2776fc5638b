"""GOV.UK Notify tells what became of a message: with its token, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from api.notify.schemas import NOTIFY_RECEIPT
from engine.sending_settings import SendingSettings
from tests.api.asking import NOBODY, Caller, problem
from tests.api.office import Office
from tests.support.notify import CALLBACK_TOKEN

RECEIPTS = "/api/v1/notify/receipts"


@pytest.fixture
def notified(office: Office) -> Iterator[Office]:
    """An office with a token for Notify."""
    before = office.desk.engine.settings
    sending = SendingSettings(callback_token=CALLBACK_TOKEN)
    office.desk.engine.settings = replace(before, sending=sending)
    yield office
    office.desk.engine.settings = before


@pytest.mark.parametrize("token", [NOBODY, "wrong", CALLBACK_TOKEN + "x", CALLBACK_TOKEN.upper()])
def test_a_wrong_token_is_refused_before_anything_is_looked_at(notified: Office, token: str) -> None:
    for body in (NOTIFY_RECEIPT, {"nonsense": 1}):
        refused = Caller(notified.app, token).post(RECEIPTS, body)
        problem(refused, 401, "unauthenticated")
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_where_no_token_is_set_nobody_gets_in(office: Office) -> None:
    for token in (NOBODY, CALLBACK_TOKEN):
        problem(Caller(office.app, token).post(RECEIPTS, NOTIFY_RECEIPT), 401, "unauthenticated")


def test_a_member_of_staff_has_no_business_there(notified: Office) -> None:
    problem(notified.caller("administrator").post(RECEIPTS, NOTIFY_RECEIPT), 401, "unauthenticated")


def test_what_nobody_sent_is_not_found_and_what_cant_be_read_is_said(notified: Office) -> None:
    notify = Caller(notified.app, CALLBACK_TOKEN)
    unknown = {**NOTIFY_RECEIPT, "reference": "of nothing that was ever sent", "to": "a@example.org"}
    problem(notify.post(RECEIPTS, unknown), 404, "not-found")
    problem(notify.post(RECEIPTS, {"id": "x"}), 422, "bad-input")
