"""Documents over HTTP: a file comes whole or not at all, and goes to those alone whom its audience names."""

from __future__ import annotations

import io
import tracemalloc
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.documents.schemas import Document, DocumentPage
from engine.services.documents.file_care import drop_unnamed
from tests.api.asking import NOBODY, Caller, fields, problem
from tests.api.office import CASES, Office, send_file
from tests.api.test_contract import differences
from tests.support.office_files import PDF, docx

DOCUMENTS = "/api/v1/documents"


@pytest.fixture(scope="module")
def case(office: Office) -> str:
    return office.registered_request(settingUrn="103001")


@pytest.fixture
def worker(office: Office) -> Caller:
    return office.caller("caseworker")


def digest_of(content: bytes) -> str:
    return f"sha-256=:{b64encode(sha256(content).digest()).decode()}:"


class Endless(io.RawIOBase):
    """A body of so many bytes that are made as they are read; it remembers how many were."""

    def __init__(self, size: int, head: bytes = b"") -> None:
        self.left, self.head, self.taken = size, head, 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        size = min(len(into), self.left)
        into[:size] = (self.head + b"a" * size)[:size] if self.taken == 0 else b"a" * size
        self.left -= size
        self.taken += size
        return size


def posted(caller: Caller, case: str, body: Any, length: int | None, **headers: str) -> Any:
    said = {
        "Content-Disposition": "attachment; filename=note.txt",
        "Repr-Digest": digest_of(b""),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    environment = {"wsgi.input": body, "CONTENT_TYPE": "application/octet-stream"}
    if length is None:
        environment["wsgi.input_terminated"] = True
    else:
        environment["CONTENT_LENGTH"] = str(length)
    return caller.post(f"{CASES}/{case}/documents", environ_overrides=environment, headers=said)


def test_a_file_is_sent_listed_and_read_as_it_was_sent(office: Office, worker: Caller, case: str) -> None:
    content = PDF + b"Zo\xc3\xab"
    sent = send_file(worker, case, content, "Zoë’s report.pdf", Document_Kind="report")
    assert sent.status_code == 201, sent.text
    document = sent.get_json()
    assert differences(Document, document) == {}
    assert document["file"]["name"] == "Zoë’s report.pdf"
    assert document["file"]["digest"] == sha256(content).hexdigest()
    assert document["audience"] == ["agency", "send_team"]
    assert sent.headers["Location"] == f"{DOCUMENTS}/{document['key']}"
    assert worker.get(sent.headers["Location"]).get_json() == document
    listed = worker.get(f"{CASES}/{case}/documents?kind=report").get_json()
    assert listed["items"] == [document]
    assert differences(DocumentPage, listed) == {}

    read = worker.get(f"{DOCUMENTS}/{document['key']}/content")
    assert read.data == content
    assert read.mimetype == "application/pdf"
    assert read.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in read.headers["Content-Security-Policy"]
    assert read.headers["ETag"] == f'"{sha256(content).hexdigest()}"'
    events = [entry["event"] for entry in worker.get(f"{CASES}/{case}/timeline").get_json()["items"]]
    assert events[-2:] == ["document:added", "document:read"]


def test_parts_of_a_file_and_what_is_known_already(office: Office, worker: Caller, case: str) -> None:
    content = bytes(range(48, 123)) * 100
    key = send_file(worker, case, content, "long.txt").get_json()["key"]
    address = f"{DOCUMENTS}/{key}/content"
    part = worker.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(content)}"
    tag = part.headers["ETag"]
    assert worker.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert worker.get(address, headers={"Range": "bytes=-5", "If-Range": tag}).data == content[-5:]
    other = worker.get(address, headers={"Range": "bytes=-5", "If-Range": '"other"'})
    assert (other.status_code, other.data) == (200, content)
    beyond = worker.get(address, headers={"Range": f"bytes={len(content)}-"})
    problem(beyond, 416, "no-such-range")
    head = worker("HEAD", address)
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(content)))


def test_answers_are_json_cut_to_the_reader_and_letters_are_pages(office: Office, worker: Caller) -> None:
    case = office.registered_request()
    listed = worker.get(f"{CASES}/{case}/documents?limit=200").get_json()["items"]
    answers = next(each for each in listed if each["kind"] == "answers")
    read = worker.get(f"{DOCUMENTS}/{answers['key']}/content")
    assert read.get_json()
    assert answers["taskKey"]
    assert worker.get(f"{CASES}/{case}/documents?taskKey={answers['taskKey']}").get_json()["items"] == [
        answers
    ]
    letter = next(each for each in listed if each["kind"] == "notice")
    page = worker.get(f"{DOCUMENTS}/{letter['key']}/content")
    assert page.mimetype == "text/html"
    assert b"<html" in page.data
    assert page.headers["Content-Disposition"].startswith("attachment;")


# --- whole, or not at all ------------------------------------------------------------------------


def test_nobody_sends_what_isnt_whole(office: Office, worker: Caller, case: str) -> None:
    before = worker.get(f"{CASES}/{case}/documents").get_json()
    cut = posted(worker, case, io.BytesIO(b"half"), 8, Repr_Digest=digest_of(b"halfhalf"))
    assert "4 of 8 bytes" in problem(cut, 422, "bad-input")["detail"]
    other = posted(worker, case, io.BytesIO(b"this"), 4, Repr_Digest=digest_of(b"that"))
    assert fields(other) == {"Repr-Digest": "What came isn't what the digest says. Send it again."}
    chunked = posted(worker, case, io.BytesIO(b"this"), None, Repr_Digest=digest_of(b"this"))
    problem(chunked, 411, "length-required")
    assert worker.get(f"{CASES}/{case}/documents").get_json() == before


def test_a_body_is_not_read_before_it_is_clear_who_sends_it_to_what(office: Office, case: str) -> None:
    def refused(caller: Caller, at: str, length: int, **headers: str) -> Any:
        body = Endless(length)
        answer = posted(caller, at, body, length, **headers)
        assert body.taken == 0
        return answer

    worker = office.caller("caseworker")
    problem(refused(worker.of(NOBODY), case, 5_000_000), 401, "unauthenticated")
    problem(refused(office.caller("process_owner"), case, 5_000_000), 403, "not-permitted")
    problem(refused(office.caller("professional", "camhs"), case, 5_000_000), 404, "not-found")
    problem(refused(worker, "999999", 5_000_000), 404, "not-found")
    problem(refused(worker, case, 10 * 1024 * 1024 + 1), 413, "too-large")
    wrong = refused(worker, case, 5_000_000, Document_Kind="novel")
    assert set(fields(wrong)) == {"Document-Kind"}


def test_what_was_sent_is_refused_by_name(office: Office, worker: Caller, case: str) -> None:
    program = send_file(worker, case, b"MZ\x90", "tool.pdf")
    assert "without macros" in problem(program, 422, "bad-input")["detail"]
    macros = docx({"word/vbaProject.bin": b"x"})
    problem(send_file(worker, case, macros, "letter.docx"), 422, "bad-input")
    assert "empty" in problem(posted(worker, case, io.BytesIO(b""), 0), 422, "bad-input")["detail"]
    for name in ("../etc/passwd.txt", "a\x00b.txt", "a\nb.txt", "..", "a\u202egpj.txt"):
        problem(send_file(worker, case, b"x", name), 422, "bad-input")
    packed = send_file(worker, case, b"x", "a.txt", Content_Encoding="gzip")
    problem(packed, 415, "unsupported-media-type")
    typed = worker.post(
        f"{CASES}/{case}/documents", data=b"x", content_type="text/plain",
        headers={"Content-Disposition": "attachment; filename=a.txt", "Repr-Digest": digest_of(b"x")},
    )  # fmt: skip
    problem(typed, 415, "unsupported-media-type")
    problem(send_file(worker, case, b"x", "a.txt", Document_Task="999999"), 404, "not-found")
    role = send_file(worker, case, b"x", "a.txt", Document_Audience="role:king")
    assert "role king" in problem(role, 422, "bad-input")["detail"]


def test_a_repeat_makes_no_second_document(office: Office, worker: Caller, case: str) -> None:
    first = send_file(worker, case, b"once", "once.txt", Idempotency_Key="once")
    again = send_file(worker, case, b"once", "once.txt", Idempotency_Key="once")
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = send_file(worker, case, b"twice", "once.txt", Idempotency_Key="once")
    assert set(fields(other)) == {"Idempotency-Key"}


def test_a_case_that_moved_on_takes_nothing(office: Office, worker: Caller, case: str) -> None:
    seen = worker.get(f"{CASES}/{case}").headers["ETag"]
    assert send_file(worker, case, b"a", "a.txt", If_Match=seen).status_code == 201
    problem(send_file(worker, case, b"b", "b.txt", If_Match=seen), 412, "version-mismatch")


def test_no_request_holds_a_file_in_memory(office: Office, worker: Caller, case: str) -> None:
    size = 10 * 1024 * 1024
    digest = digest_of(b"a" * size)
    tracemalloc.start()
    answer = posted(worker, case, Endless(size), size, Repr_Digest=digest)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 201, answer.text
    assert peak < 3_000_000, peak


@settings(max_examples=60)
@given(
    content=st.binary(max_size=3000) | st.just(b"a" * 100_000),
    name=st.text(min_size=1, max_size=30) | st.sampled_from(["a.pdf", "a.txt", "a.docx", "a.csv"]),
    length=st.integers(-3, 200_000) | st.none(),
    headers=st.dictionaries(
        st.sampled_from(["Document-Kind", "Document-Audience", "Document-Task", "Repr-Digest", "If-Match"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60),
        max_size=3,
    ),
)
def test_whatever_is_sent_is_taken_whole_or_refused(
    office: Office, case: str, content: bytes, name: str, length: int | None, headers: dict[str, str]
) -> None:
    said = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'))}",
        "Repr-Digest": digest_of(content),
        **headers,
    }
    answer = office.caller("caseworker").post(
        f"{CASES}/{case}/documents", input_stream=io.BytesIO(content), headers=said,
        content_length=len(content) if length is None else length, content_type="application/octet-stream",
    )  # fmt: skip
    assert answer.status_code in (201, 400, 404, 411, 412, 413, 422), answer.text
    if answer.status_code == 201:
        made = answer.get_json()["file"]
        assert (made["size"], made["digest"]) == (len(content), sha256(content).hexdigest())


# --- who sees it ---------------------------------------------------------------------------------


def test_a_document_is_for_those_whom_its_audience_names(office: Office, case: str) -> None:
    care, health = office.caller("professional", "social_care"), office.caller("professional", "icb")
    own = send_file(care, case, b"Own words.", "own.txt").get_json()["key"]
    worker = office.caller("caseworker")
    assert worker.get(f"{DOCUMENTS}/{own}").status_code == 200
    assert care.get(f"{DOCUMENTS}/{own}/content").data == b"Own words."
    missing = problem(health.get(f"{DOCUMENTS}/999999"), 404, "not-found")["detail"]
    for address in ("", "/content", "/versions"):
        foreign = problem(health.get(f"{DOCUMENTS}/{own}{address}"), 404, "not-found")
        assert foreign["detail"].replace(own, "999999") == missing
    problem(health.post(f"{DOCUMENTS}/{own}/withdrawal", {"reason": "No."}), 404, "not-found")
    assert own not in {each["key"] for each in listed(health, case)}
    wide = send_file(care, case, b"For all.", "all.txt", Document_Audience="advisers setting").get_json()[
        "key"
    ]
    assert wide in {each["key"] for each in listed(health, case)}
    assert wide in {each["key"] for each in listed(office.caller("setting_contact", "urn:103001"), case)}


def listed(caller: Caller, case: str) -> list[dict[str, Any]]:
    """All documents of a case that a caller sees, page by page."""
    found, cursor = [], ""
    while True:
        page = caller.get(f"{CASES}/{case}/documents?limit=2{cursor}").get_json()
        found += page["items"]
        if page["page"]["endCursor"] is None:
            return found
        cursor = f"&cursor={page['page']['endCursor']}"


def test_the_audience_changes_with_a_reason_and_both_are_written_down(office: Office, case: str) -> None:
    worker, health = office.caller("caseworker"), office.caller("professional", "icb")
    key = send_file(worker, case, b"Shared.", "shared.txt").get_json()["key"]
    address = f"{DOCUMENTS}/{key}"
    problem(health.get(address), 404, "not-found")
    tag = worker.get(address).headers["ETag"]
    change = {"audience": ["advisers", "family"], "reason": "They need it for their advice."}
    shared = worker.post(f"{address}/audience", change, headers={"If-Match": tag})
    assert shared.get_json()["audience"] == ["advisers", "agency", "family", "send_team"]
    assert health.get(f"{address}/content").data == b"Shared."
    problem(worker.post(f"{address}/audience", change, headers={"If-Match": tag}), 412, "version-mismatch")

    hidden = worker.post(f"{address}/audience", {**change, "hiddenFrom": ["icb"]}).get_json()
    assert hidden["hiddenFrom"] == ["icb"]
    problem(health.get(address), 404, "not-found")
    stray = worker.post(f"{address}/audience", {**change, "hiddenFrom": ["family:999999"]})
    assert "999999" in problem(stray, 422, "bad-input")["detail"]
    own = worker.post(f"{address}/audience", {**change, "hiddenFrom": ["send_team"]})
    problem(own, 422, "bad-input")
    entries = worker.get(f"{CASES}/{case}/timeline?limit=200").get_json()["items"]
    last = [entry for entry in entries if entry["event"] == "document:shared"][-1]
    assert last["details"]["before"] == last["details"]["after"]
    assert last["details"]["after"] == ["advisers", "agency", "family", "send_team"]
    assert (last["details"]["hidden_before"], last["details"]["hidden_after"]) == ([], ["icb"])
    assert "advice" not in str(last["details"])


def test_the_answers_of_a_form_are_hidden_but_not_shared_anew(office: Office, case: str) -> None:
    worker = office.caller("caseworker")
    answers = next(each for each in listed(worker, case) if each["kind"] == "answers")
    address = f"{DOCUMENTS}/{answers['key']}"
    change = {"audience": answers["audience"], "hiddenFrom": ["urn:103001"], "reason": "A safe place."}
    assert worker.post(f"{address}/audience", change).get_json()["hiddenFrom"] == ["urn:103001"]
    wider = worker.post(f"{address}/audience", {**change, "audience": ["role:dco"]})
    problem(wider, 409, "conflict")
    problem(worker.post(f"{address}/withdrawal", {"reason": "Wrong."}), 409, "conflict")


def test_a_document_takes_the_place_of_another(office: Office, case: str) -> None:
    care, health = office.caller("professional", "social_care"), office.caller("professional", "icb")
    first = send_file(care, case, b"First.", "a.txt", Document_Audience="icb").get_json()["key"]
    second = send_file(care, case, b"Second.", "a.txt", Document_Supersedes=first).get_json()["key"]
    versions = care.get(f"{DOCUMENTS}/{first}/versions").get_json()["items"]
    assert [(each["key"], each["file"]["state"]) for each in versions] == [
        (first, "superseded"),
        (second, "current"),
    ]
    assert versions[0]["file"]["supersededBy"] == second
    assert care.get(f"{DOCUMENTS}/{second}/versions").get_json()["items"] == versions
    problem(send_file(care, case, b"Third.", "a.txt", Document_Supersedes=first), 409, "conflict")
    seen = health.get(f"{DOCUMENTS}/{first}/versions").get_json()["items"]
    assert [each["key"] for each in seen] == [first]
    problem(send_file(health, case, b"Not mine.", "a.txt", Document_Supersedes=first), 403, "not-permitted")


def test_a_document_is_withdrawn_by_whose_it_is(office: Office, case: str) -> None:
    care, health = office.caller("professional", "social_care"), office.caller("professional", "icb")
    key = send_file(care, case, b"Wrong case.", "a.txt", Document_Audience="icb").get_json()["key"]
    address = f"{DOCUMENTS}/{key}"
    problem(health.post(f"{address}/withdrawal", {"reason": "Wrong."}), 403, "not-permitted")
    gone = care.post(f"{address}/withdrawal", {"reason": "Wrong case."})
    assert gone.get_json()["file"]["state"] == "withdrawn"
    problem(care.get(f"{address}/content"), 409, "conflict")
    problem(care.post(f"{address}/withdrawal", {"reason": "Again."}), 409, "conflict")
    assert key in {each["key"] for each in listed(care, case)}
    states = care.get(f"{CASES}/{case}/documents?state=withdrawn").get_json()["items"]
    assert key in {each["key"] for each in states}


# --- where it lies -------------------------------------------------------------------------------


def test_a_file_lies_under_its_hash_once_and_no_name_of_a_sender_is_a_path(office: Office, case: str) -> None:
    worker, folder = office.caller("caseworker"), office.desk.engine.files
    content = b"The same words in two documents."
    keys = [send_file(worker, case, content, name).get_json()["key"] for name in ("one.txt", "two.csv")]
    assert len(set(keys)) == 2
    place = folder.place("333", sha256(content).hexdigest())
    assert place.read_bytes() == content
    names = {path.name for path in folder.root.rglob("*") if path.is_file()}
    assert all(len(name) == 64 for name in names if not name.endswith(".part"))
    assert {worker.get(f"{DOCUMENTS}/{key}/content").data for key in keys} == {content}


def test_a_file_that_no_document_names_is_swept_away_after_an_hour(office: Office, case: str) -> None:
    worker, desk = office.caller("caseworker"), office.desk
    content = b"Refused after it was kept."
    stale = send_file(worker, case, content, "a.txt", If_Match='"1"')
    problem(stale, 412, "version-mismatch")
    kept = send_file(worker, case, b"Kept.", "a.txt").get_json()
    place = desk.engine.files.place("333", sha256(content).hexdigest())
    drop_unnamed(desk.engine)
    assert place.exists()
    desk.clock.advance_to(desk.clock.now() + timedelta(hours=1, seconds=1))
    drop_unnamed(desk.engine)
    assert not place.exists()
    assert worker.get(f"{DOCUMENTS}/{kept['key']}/content").data == b"Kept."
    assert send_file(worker, case, content, "a.txt").status_code == 201
    assert place.read_bytes() == content


def test_all_files_of_a_case_have_a_limit_together(office: Office) -> None:
    case, engine = office.registered_request(), office.desk.engine
    before = engine.settings
    engine.settings = replace(before, files=replace(before.files, largest_case=100))
    try:
        assert send_file(office.caller("caseworker"), case, b"a" * 60, "a.txt").status_code == 201
        more = send_file(office.caller("caseworker"), case, b"b" * 60, "b.txt")
        assert "together" in problem(more, 422, "bad-input")["detail"]
    finally:
        engine.settings = before
