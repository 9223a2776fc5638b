"""Letters that the authority prints itself: a queue, batches as one PDF, and posting that moves the days."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from api.printing.schemas import PrintBatch, PrintQueuePage
from engine.letters.printing import Choice, choose
from tests.api.asking import Caller
from tests.api.office import CASES, Office
from tests.api.test_contract import differences
from tests.api.test_letters import member

QUEUE, BATCHES = "/api/v1/print-queue", "/api/v1/print-batches"
ADDRESS = "1 Sample Street\nSampleton\nB70 9SA"


#: What this machine makes PDFs with. Where it has nothing, the tests hold the service to saying so by name.
HERE = choose()


def is_refused_for_want_of_a_maker(response: TestResponse) -> bool:
    """Whether no PDF can be made here, which the answer must then say, with what is missing."""
    if HERE.maker is not None:
        return False
    assert response.status_code == 409
    assert all(lacking in response.get_json()["detail"] for lacking in HERE.away.values())
    return True


def test_readiness_names_what_makes_pdfs_or_that_nothing_does(office: Office) -> None:
    checks = office.caller("administrator").get("/health/ready").get_json()["checks"]
    assert checks["pdfMaker"] == (HERE.maker.name if HERE.maker else None)


@pytest.fixture
def worker(office: Office) -> Caller:
    return office.caller("caseworker")


@pytest.fixture
def case(office: Office) -> str:
    return office.registered_request()


def ask_for_copy(office: Office, worker: Caller, case: str, address: str = ADDRESS) -> str:
    """Send a copy of the case's letter to a second parent by post; gives the notice."""
    notice = office.notice(case, "family_consultation")["key"]
    who = member(worker, case, channel="post", address=address)
    answer = worker.post(f"{CASES}/{case}/notices/{notice}/deliveries", {"familyMemberKey": who})
    assert answer.status_code == 201, answer.text
    return notice


def test_a_letter_is_a_pdf_that_stays_as_it_is(office: Office, worker: Caller, case: str) -> None:
    notice = office.notice(case, "family_consultation")["key"]
    first = worker.get(f"{CASES}/{case}/notices/{notice}/pdf")
    if is_refused_for_want_of_a_maker(first):
        return
    assert first.status_code == 200, first.text
    assert first.data.startswith(b"%PDF-1.")
    assert first.data == worker.get(f"{CASES}/{case}/notices/{notice}/pdf").data
    pdf = PdfReader(io.BytesIO(first.data))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in pdf.trailer["/Root"]
    read = worker.get(f"{CASES}/{case}/notices/{notice}").get_json()
    assert read["pdfDigest"]
    assert read["pdfMaker"].split()[0] in {"weasyprint", "chromium"}


def test_a_batch_is_printed_and_posted(office: Office, worker: Caller, case: str) -> None:
    ask_for_copy(office, worker, case)
    waiting = worker.get(QUEUE).get_json()
    assert differences(PrintQueuePage, waiting) == {}
    (mine,) = [each for each in waiting["items"] if each["caseKey"] == case]
    assert mine["lacks"] is None
    made = worker.post(BATCHES)
    if is_refused_for_want_of_a_maker(made):
        return
    assert made.status_code == 201, made.text
    batch = made.get_json()
    assert differences(PrintBatch, batch) == {}
    assert worker.get(QUEUE).get_json()["items"] == []
    pdf = PdfReader(io.BytesIO(worker.get(f"{BATCHES}/{batch['key']}/pdf").data))
    assert len(pdf.pages) == batch["pages"]
    assert len(pdf.pages) % 2 == 0
    assert "B70 9SA" in pdf.pages[0].extract_text()
    today = office.desk.clock.today()
    late = worker.post(f"{BATCHES}/{batch['key']}/posted", {"postedOn": str(today + timedelta(days=1))})
    assert late.status_code == 422
    posted = worker.post(f"{BATCHES}/{batch['key']}/posted", {"postedOn": str(today)}).get_json()
    assert (posted["state"], posted["postedOn"]) == ("posted", str(today))
    assert worker.post(f"{BATCHES}/{batch['key']}/returned").status_code == 409


def test_a_batch_that_is_returned_waits_again(office: Office, worker: Caller, case: str) -> None:
    ask_for_copy(office, worker, case)
    made = worker.post(BATCHES)
    if is_refused_for_want_of_a_maker(made):
        return
    batch = made.get_json()["key"]
    assert worker.post(BATCHES).status_code == 409
    assert worker.post(f"{BATCHES}/{batch}/returned").get_json()["state"] == "returned"
    assert len(worker.get(QUEUE).get_json()["items"]) == 1


def test_what_cant_be_posted_says_why(office: Office, worker: Caller, case: str) -> None:
    ask_for_copy(office, worker, case, address="1 Sample Street\nSampleton")
    mine = worker.get(QUEUE).get_json()["items"][-1]
    assert "postcode" in mine["lacks"]
    assert "Sample Street" not in mine["lacks"]
    assert is_refused_for_want_of_a_maker(made := worker.post(BATCHES)) or made.status_code == 201
    assert mine in worker.get(QUEUE).get_json()["items"]


def test_without_a_maker_the_page_is_there_and_says_what_is_missing(
    office: Office, worker: Caller, case: str
) -> None:
    office.desk.engine.__dict__["letter_maker"] = Choice(None, {"weasyprint": "It lacks libpango."})
    notice = office.notice(case, "family_consultation")["key"]
    refused = worker.get(f"{CASES}/{case}/notices/{notice}/pdf")
    assert refused.status_code == 409
    assert "libpango" in refused.get_json()["detail"]
    assert worker.get(f"{CASES}/{case}/notices/{notice}/content").status_code == 200
