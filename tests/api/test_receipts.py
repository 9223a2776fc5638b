"""GOV.UK Notify tells what became of a message: with its token, or not at all, and as often as it likes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from api.notify.schemas import NOTIFY_RECEIPT
from engine.sending_settings import NotifySettings, SendingSettings
from tests.api.asking import NOBODY, Caller, problem
from tests.api.office import Office
from tests.notifications.test_receipts import row_of, sent
from tests.support.notify import CALLBACK_TOKEN, EMAIL, KEY, Notify, standing_in_for_notify
from tests.support.provider import served

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


@pytest.fixture
def there(notified: Office) -> Iterator[Notify]:
    """A stand-in for Notify at which the office has its account."""
    engine = notified.desk.engine
    with standing_in_for_notify(notified.desk.clock) as opened:
        account = NotifySettings(key=KEY, url=opened.url, templates={"email": EMAIL})
        sending = replace(engine.settings.sending, notify=account)
        engine.settings = replace(engine.settings, sending=sending)
        yield opened


def test_what_notify_tells_is_seen_at_once_and_a_second_time_changes_nothing(
    notified: Office, there: Notify
) -> None:
    sent(notified.desk, notified.desk.request())
    (said,) = there.finish()
    early = {**said, "status": "sending", "completed_at": None, "a_new_field": "of Notify's"}
    with served() as place:
        place.app = notified.app
        for receipt, state in (
            (early, "sent"),
            (said, "delivered"),
            (said, "delivered"),
            (early, "delivered"),
        ):
            assert there.call_back(place.address + RECEIPTS, [receipt]) == [204]
            assert row_of(notified.desk).state == state
        assert there.call_back(place.address + RECEIPTS, [{**said, "reference": "another"}]) == [404]
