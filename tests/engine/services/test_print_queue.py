"""Letters on paper: nothing goes to whom it may not, and the day of posting moves what counts from it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select

from engine.errors import BadInput, Conflict, NotFound
from engine.letters.printing import Choice
from engine.sending_settings import NotifySettings, SendingSettings
from engine.services.families import families
from engine.services.families.families import NewMember
from engine.services.notices import deliveries, pdfs, print_queue
from engine.services.sight import restrictions
from engine.store import tables
from engine.store.message_tables import outbox
from engine.store.types import AnyRow
from notifications.receipts import ask_after
from notifications.sender import Sender
from tests.engine.services.rows import events, rows
from tests.support.desk import MONDAY, CaseDesk, Desk
from tests.support.notify import KEY, Notify, standing_in_for_notify

DAY = timedelta(days=1)
BACKGROUND = ("family_views_request", "early_information", "acknowledge_request")
ADDRESS = "1 Sample Street\nSampleton\nB70 9SA"


class Pages:
    """Makes a page of paper with nothing on it: what is on it is tested elsewhere."""

    name = "pages 1"
    is_accessible = False

    def make(self, page: str, *, styles: str = "print.css") -> bytes:
        writer, whole = PdfWriter(), io.BytesIO()
        writer.add_blank_page(width=595, height=842)
        writer.write(whole)
        return whole.getvalue()


@pytest.fixture
def case(desk: Desk) -> CaseDesk:
    """A case with a second parent who is served by post, at the draft of the plan."""
    desk.engine.__dict__["letter_maker"] = Choice(Pages(), {})
    case = desk.request()
    new = NewMember("Alex Example", relation="parent", parental_responsibility=True, address=ADDRESS)
    families.record_member(desk.engine, officer(case), case.key, new)
    case.until("family_response", but=BACKGROUND)
    return case


def officer(case: CaseDesk) -> Any:
    return case.desk.member("caseworker")


def draft(case: CaseDesk) -> Any:
    page = deliveries.list_notices(case.desk.engine, officer(case), case.key)
    return next(notice for notice in page.items if notice.kind == "draft_plan")


def copy_of(case: CaseDesk) -> AnyRow:
    """The copy of the draft that goes by post."""
    with case.desk.engine.database.read() as connection:
        query = select(tables.delivery).where(
            tables.delivery.c.notice_key == int(draft(case).key), tables.delivery.c.channel == "post"
        )
        return connection.execute(query).one()


def message_of(case: CaseDesk) -> AnyRow:
    return next(row for row in rows(case.desk, outbox) if row.delivery_key == copy_of(case).key)


def waiting(case: CaseDesk) -> list[Any]:
    return print_queue.waiting(case.desk.engine, officer(case)).items


def printed(case: CaseDesk) -> str:
    return print_queue.make_batch(case.desk.engine, officer(case)).key


def post(case: CaseDesk, batch: str, on: date) -> Any:
    return print_queue.post_batch(case.desk.engine, officer(case), batch, on)


def test_the_day_of_posting_moves_service_and_what_counts_from_it(case: CaseDesk) -> None:
    assert case.deadline("reg13_1_parent_15d").due_on == MONDAY + 16 * DAY
    batch = printed(case)
    case.desk.step_to(MONDAY + 3 * DAY)
    assert post(case, batch, MONDAY + 3 * DAY).state == "posted"
    after = draft(case)
    assert (after.sent_on, after.served_on) == (MONDAY + 3 * DAY, MONDAY + 7 * DAY)  # over a weekend
    assert case.deadline("reg13_1_parent_15d").due_on == MONDAY + 21 * DAY
    assert (message_of(case).state, message_of(case).outcome) == ("sent", "posted")
    assert events(case, "letter:posted")[-1]["details"]["posted"] == str(MONDAY + 3 * DAY)
    with pytest.raises(Conflict, match="posted already"):
        post(case, batch, MONDAY + 3 * DAY)


@pytest.mark.parametrize("day", [MONDAY - DAY, MONDAY + DAY])
def test_a_day_on_which_it_cant_have_been_posted_is_refused(case: CaseDesk, day: date) -> None:
    with pytest.raises(BadInput) as refused:
        post(case, printed(case), day)
    assert [problem.field for problem in refused.value.problems] == ["postedOn"]
    assert message_of(case).state == "waiting"


def test_nothing_is_printed_for_somebody_who_was_blocked_since(case: CaseDesk) -> None:
    member = str(copy_of(case).family_member_key)
    families.change_member(
        case.desk.engine, officer(case), case.key, member, {"blocked": True}, "Order of the court."
    )
    assert [each.lacks for each in waiting(case) if each.delivery_key == str(copy_of(case).key)] == [
        "This person is on the safeguarding block list."
    ]
    with pytest.raises(Conflict, match="can be printed"):
        printed(case)


def test_what_has_arrived_otherwise_is_printed_no_more(case: CaseDesk) -> None:
    copy = copy_of(case)
    deliveries.record_delivery(
        case.desk.engine, officer(case), case.key, str(copy.notice_key), str(copy.key), "delivered", MONDAY
    )
    assert message_of(case).state == "canceled"
    assert str(copy.key) not in {each.delivery_key for each in waiting(case)}


def test_a_batch_with_a_letter_of_a_closed_case_isnt_there(case: CaseDesk) -> None:
    batch = printed(case)
    restrictions.restrict(case.desk.engine, case.desk.member("group_head"), case.key, [], "Known to staff.")
    for look in (print_queue.get_batch, print_queue.read_batch, print_queue.return_batch):
        with pytest.raises(NotFound):
            look(case.desk.engine, officer(case), batch)
    assert print_queue.list_batches(case.desk.engine, officer(case)).items == []


def test_whoever_reads_a_batch_stands_in_the_trail_of_each_case(case: CaseDesk) -> None:
    print_queue.read_batch(case.desk.engine, officer(case), printed(case))
    assert events(case, "letter:printed")
    assert events(case, "letter:read")[-1]["details"]["notice"] == copy_of(case).notice_key


def test_the_pdf_stays_the_same_whoever_asks_first(case: CaseDesk) -> None:
    notice = copy_of(case).notice_key
    assert pdfs.pdf_of(case.desk.engine, notice) == pdfs.pdf_of(case.desk.engine, notice)
    assert draft(case).pdf_digest


@pytest.fixture
def there(desk: Desk) -> Iterator[Notify]:
    """A stand-in for Notify that prints and posts."""
    with standing_in_for_notify(desk.clock) as opened:
        account = NotifySettings(key=KEY, url=opened.url, templates={}, letters=True)
        desk.engine.settings = replace(desk.engine.settings, sending=SendingSettings(notify=account))
        yield opened


def test_a_letter_by_notify_has_its_address_and_counts_from_when_they_post_it(
    there: Notify, case: CaseDesk
) -> None:
    assert message_of(case).channel == "letter"
    Sender(case.desk.engine).send_due()
    (letter,) = [each for each in there.kept if each["reference"] == message_of(case).reference]
    assert len(PdfReader(io.BytesIO(letter["content"]["pdf"])).pages) == 2
    assert message_of(case).state == "sent"
    case.desk.step_to(MONDAY + DAY)
    there.finish()
    case.desk.clock.advance_to(max(case.desk.clock.now(), message_of(case).next_at))
    assert ask_after(case.desk.engine) >= 1
    after = draft(case)
    assert after.sent_on == MONDAY + DAY
    assert after.served_on == MONDAY + 3 * DAY
    assert case.deadline("reg13_1_parent_15d").due_on == MONDAY + 17 * DAY
