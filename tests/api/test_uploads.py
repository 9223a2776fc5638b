"""Large files in parts, by tus 1.0: gone on with where they stopped, checked, and forgotten in the end."""

from __future__ import annotations

import io
import tracemalloc
from base64 import b64encode
from datetime import timedelta
from hashlib import sha1, sha256
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from api.uploads.schemas import Upload
from engine.files import Scanner
from engine.services.chores import Chores
from engine.services.documents.uploads import KEPT_FOR, MOST_AT_ONCE
from tests.api.asking import Caller, fields, problem
from tests.api.office import CASES, Office, send_file
from tests.api.test_contract import differences
from tests.api.test_files import DOCUMENTS, Endless, digest_of
from tests.support.clamd import EICAR, FakeClamd
from tests.support.rounds import tend

UPLOADS = "/api/v1/uploads"
PART = "application/offset+octet-stream"


@pytest.fixture(scope="module")
def case(office: Office) -> str:
    return office.registered_request()


@pytest.fixture
def worker(office: Office) -> Caller:
    return office.caller("caseworker")


def metadata(**said: str) -> str:
    return ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items())


def begun(caller: Caller, case: str, length: int, said: dict[str, str] | None = None, **headers: str) -> Any:
    return caller.post(
        f"{CASES}/{case}/uploads",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(length),
            "Upload-Metadata": metadata(**(said or {"filename": "notes.txt"})),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )


def sent(
    caller: Caller, address: str, offset: int, content: Any, length: int | None = None, **headers: str
) -> Any:
    body = io.BytesIO(content) if isinstance(content, bytes) else content
    size = len(content) if length is None else length
    environment = {"wsgi.input": body, "CONTENT_LENGTH": str(size), "CONTENT_TYPE": PART}
    said = {"Upload-Offset": str(offset), "Tus-Resumable": "1.0.0"}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    return caller("PATCH", address, environ_overrides=environment, headers=said)


def checksum(content: bytes) -> str:
    return f"sha256 {b64encode(sha256(content).digest()).decode()}"


def test_a_file_comes_in_parts_and_becomes_a_document(worker: Caller, case: str) -> None:
    content = b"line\n" * 2000
    said = {"filename": "Größe.txt", "kind": "evidence", "audience": "icb", "filetype": "text/plain"}
    answer = begun(worker, case, len(content), said, Repr_Digest=digest_of(content))
    assert answer.status_code == 201, answer.text
    assert differences(Upload, answer.get_json()) == {}
    address = answer.headers["Location"]
    assert sent(worker, address, 0, content[:4000]).headers["Upload-Offset"] == "4000"
    head = worker("HEAD", address)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("4000", "10000")
    assert head.headers["Tus-Resumable"] == "1.0.0"
    assert "Upload-Expires" in head.headers
    last = sent(worker, address, 4000, content[4000:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, "10000")
    document = worker.get(last.headers["Location"]).get_json()
    assert document["kind"] == "evidence"
    assert document["file"]["name"] == "Größe.txt"
    assert document["audience"] == ["agency", "icb", "send_team"]
    assert worker.get(f"{DOCUMENTS}/{document['key']}/content").data == content
    assert worker.get(address).get_json()["documentKey"] == document["key"]
    problem(sent(worker, address, 10_000, b"more"), 409, "conflict")


def test_what_came_before_a_break_is_kept(worker: Caller, case: str) -> None:
    content = b"abcdefghij" * 100
    address = begun(worker, case, 1000, Repr_Digest=digest_of(content)).headers["Location"]
    broken = sent(worker, address, 0, content[:300], length=1000)
    assert "300 of 1000" in problem(broken, 422, "bad-input")["detail"]
    assert worker("HEAD", address).headers["Upload-Offset"] == "300"
    assert "Go on from there" in problem(sent(worker, address, 0, content), 409, "conflict")["detail"]
    assert sent(worker, address, 300, content[300:]).status_code == 204


@pytest.mark.parametrize("algorithm", [sha1, sha256])
def test_a_part_is_checked_when_nothing_is_known_of_the_whole(
    worker: Caller, case: str, algorithm: Any
) -> None:
    address = begun(worker, case, 8).headers["Location"]
    assert set(fields(sent(worker, address, 0, b"abcd"))) == {"Upload-Checksum"}
    name = algorithm().name
    good = f"{name} {b64encode(algorithm(b'abcd').digest()).decode()}"
    wrong = sent(worker, address, 0, b"abce", Upload_Checksum=good)
    assert set(fields(wrong)) == {"Upload-Checksum"}
    assert worker("HEAD", address).headers["Upload-Offset"] == "0"
    assert sent(worker, address, 0, b"abcd", Upload_Checksum=good).status_code == 204
    last = sent(worker, address, 4, b"efgh", Upload_Checksum=checksum(b"efgh"))
    assert worker.get(last.headers["Location"] + "/content").data == b"abcdefgh"


def test_another_file_than_was_announced_is_no_document(worker: Caller, case: str) -> None:
    address = begun(worker, case, 4, Repr_Digest=digest_of(b"this")).headers["Location"]
    assert "announced" in problem(sent(worker, address, 0, b"that"), 422, "bad-input")["detail"]
    problem(worker.get(address), 404, "not-found")
    program = begun(worker, case, 4, {"filename": "a.pdf"}, Repr_Digest=digest_of(b"MZ\x90\0"))
    problem(sent(worker, program.headers["Location"], 0, b"MZ\x90\0"), 422, "bad-input")
    problem(worker.get(program.headers["Location"]), 404, "not-found")


def test_an_upload_is_its_beginners_alone(office: Office, worker: Caller, case: str) -> None:
    address = begun(worker, case, 4).headers["Location"]
    other = office.caller("service_manager")
    body = Endless(4)
    for answer in (
        other.get(address), sent(other, address, 0, body, 4), other("DELETE", address),
        worker.get(f"{UPLOADS}/999999"), sent(worker, f"{UPLOADS}/999999", 0, body, 4),
    ):  # fmt: skip
        problem(answer, 404, "not-found")
    assert body.taken == 0


def test_what_is_said_of_an_upload_is_checked_when_it_begins(
    office: Office, worker: Caller, case: str
) -> None:
    assert set(fields(begun(worker, case, 0))) == {"Upload-Length"}
    assert "200 MB" in problem(begun(worker, case, 10**12), 422, "bad-input")["detail"]
    for said in ({"kind": "report"}, {"filename": "a.txt", "audiense": "icb"}, {"filename": "a/b.txt"}):
        problem(begun(worker, case, 4, said), 422, "bad-input")
    problem(begun(worker, case, 4, {"filename": "a.txt", "task": "999999"}), 404, "not-found")
    problem(begun(office.caller("professional", "camhs"), case, 4), 404, "not-found")
    broken = begun(worker, case, 4, Upload_Metadata="filename YQ")
    assert set(fields(broken)) == {"Upload-Metadata"}
    old = begun(worker, case, 4, Tus_Resumable="0.2.2")
    problem(old, 412, "tus-version")
    assert old.headers["Tus-Version"] == "1.0.0"
    address = begun(worker, case, 4).headers["Location"]
    long = sent(worker, address, 0, b"12345", Upload_Checksum=checksum(b"12345"))
    assert "4 bytes" in problem(long, 422, "bad-input")["detail"]
    typed = worker.patch(address, {})
    assert set(fields(typed)) == {"Upload-Offset"}


def test_a_beginning_is_repeated_and_done_once(worker: Caller, case: str) -> None:
    first = begun(worker, case, 4, Idempotency_Key="begin")
    again = begun(worker, case, 4, Idempotency_Key="begin")
    assert again.headers["Location"] == first.headers["Location"]
    assert set(fields(begun(worker, case, 5, Idempotency_Key="begin"))) == {"Idempotency-Key"}


def test_an_upload_is_given_up_or_forgotten_and_its_bytes_with_it(
    office: Office, worker: Caller, case: str
) -> None:
    desk = office.desk
    incoming = desk.engine.files.root / "incoming"
    tend(desk.engine)
    before = set(incoming.iterdir())
    given_up = begun(worker, case, 4).headers["Location"]
    left = begun(worker, case, 4).headers["Location"]
    assert len(set(incoming.iterdir()) - before) == 2
    gone = worker("DELETE", given_up)
    assert (gone.status_code, gone.data) == (204, b"")
    problem(worker.get(given_up), 404, "not-found")
    desk.clock.advance_to(desk.clock.now() + KEPT_FOR)
    problem(worker.get(left), 404, "not-found")
    tend(desk.engine)
    assert set(incoming.iterdir()) == set()


def test_so_many_uploads_and_no_more(office: Office) -> None:
    case = office.registered_request()
    member = office.caller("professional", "social_care")
    for _ in range(MOST_AT_ONCE):
        assert begun(member, case, 4).status_code == 201
    problem(begun(member, case, 4), 409, "conflict")


def test_two_cannot_send_the_same_part_at_once(office: Office, worker: Caller, case: str) -> None:
    address = begun(worker, case, 4, Repr_Digest=digest_of(b"abcd")).headers["Location"]

    class Meddling(io.BytesIO):
        answer: Any = None

        def readinto(self, into: Any) -> int:
            if self.answer is None:
                self.answer = False
                self.answer = sent(worker, address, 0, b"abcd")
            return super().readinto(into)

    body = Meddling(b"abcd")
    first = sent(worker, address, 0, body, 4)
    assert first.status_code == 204
    assert "Another request" in problem(body.answer, 409, "conflict")["detail"]


def test_a_document_is_made_when_only_its_making_was_cut_off(
    office: Office, worker: Caller, case: str
) -> None:
    address = begun(worker, case, 4, Repr_Digest=digest_of(b"abcd")).headers["Location"]
    with patch("engine.services.documents.uploads.keep", side_effect=OSError):
        problem(sent(worker, address, 0, b"abcd"), 500, "fault")
    found = worker.get(address).get_json()
    assert found["received"] == 4
    assert worker.get(f"{DOCUMENTS}/{found['documentKey']}/content").data == b"abcd"


def test_a_large_file_is_never_in_memory(office: Office, worker: Caller, case: str) -> None:
    part = 10 * 1024 * 1024
    whole = sha256()
    for _ in range(3):
        whole.update(b"a" * part)
    digest = f"sha-256=:{b64encode(whole.digest()).decode()}:"
    tracemalloc.start()
    address = begun(worker, case, 3 * part, Repr_Digest=digest).headers["Location"]
    for number in range(3):
        answer = sent(worker, address, number * part, Endless(part), part)
        assert answer.status_code == 204, answer.text
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert worker.get(answer.headers["Location"]).get_json()["file"]["size"] == 3 * part
    assert peak < 3_000_000, peak


def test_parts_of_any_size_in_any_order_make_the_file_or_nothing(office: Office) -> None:
    case, content = office.registered_request(), bytes(range(32, 122)) * 50
    worker = office.caller("caseworker")

    class Sending(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.address = begun(worker, case, len(content), Repr_Digest=digest_of(content)).headers[
                "Location"
            ]
            self.received = 0

        @rule(offset=st.integers(0, 5000), size=st.integers(0, 3000), missing=st.integers(0, 200))
        def send(self, offset: int, size: int, missing: int) -> None:
            body = content[offset : offset + size]
            whole = sent(worker, self.address, offset, body, length=len(body) + missing)
            self.took(offset, body, missing, whole.status_code)

        @rule(size=st.integers(1, 3000), missing=st.integers(0, 1))
        def go_on(self, size: int, missing: int) -> None:
            self.send(self.received, size, missing)

        def took(self, offset: int, body: bytes, missing: int, status: int) -> None:
            fits = offset == self.received < len(content) and offset + len(body) + missing <= len(content)
            assert (status == 204) == (fits and not missing), status
            assert status in (204, 409, 422)
            if fits:
                self.received += len(body)

        @invariant()
        def as_far_as_it_came(self) -> None:
            found = worker.get(self.address).get_json()
            assert found["received"] == self.received
            if found["documentKey"]:
                assert worker.get(f"{DOCUMENTS}/{found['documentKey']}/content").data == content

        def teardown(self) -> None:
            worker("DELETE", self.address)

    run_state_machine_as_test(Sending, settings=settings(max_examples=12, stateful_step_count=12))


# --- the scanner ---------------------------------------------------------------------------------


def test_a_file_is_read_once_the_scanner_found_it_clean(office: Office, worker: Caller, case: str) -> None:
    engine, chores = office.desk.engine, Chores(office.desk.engine)
    before = send_file(worker, case, b"Before there was a scanner.", "a.txt").get_json()
    assert before["file"]["scan"] == "unscanned"
    with FakeClamd() as daemon:
        engine.scanner = Scanner(daemon.address)
        try:
            clean = send_file(worker, case, b"Nothing.", "a.txt").get_json()
            bad = send_file(worker, case, EICAR, "b.txt").get_json()
            assert clean["file"]["scan"] == "quarantined"
            waits = problem(worker.get(f"{DOCUMENTS}/{clean['key']}/content"), 409, "conflict")
            assert "hasn't looked" in waits["detail"]
            assert worker.get(f"{DOCUMENTS}/{before['key']}/content").data == b"Before there was a scanner."
            tend(engine, chores)
            assert worker.get(f"{DOCUMENTS}/{clean['key']}/content").data == b"Nothing."
            infected = worker.get(f"{DOCUMENTS}/{bad['key']}").get_json()
            assert infected["file"]["scan"] == "infected"
            problem(worker.get(f"{DOCUMENTS}/{bad['key']}/content"), 409, "conflict")
            assert not engine.files.holds("333", sha256(EICAR).hexdigest())
            problem(send_file(worker, case, EICAR, "c.txt"), 422, "bad-input")
            seen = worker.get(f"{DOCUMENTS}/{before['key']}").get_json()
            assert seen["file"]["scan"] == "clean"
        finally:
            engine.scanner = None
    entries = worker.get(f"{CASES}/{case}/timeline?limit=200").get_json()["items"]
    checked = [entry["details"] for entry in entries if entry["event"] == "document:checked"]
    assert {"document": int(bad["key"]), "state": "infected"} in checked


def test_a_scanner_that_is_away_is_asked_again(office: Office, worker: Caller, case: str) -> None:
    desk, chores = office.desk, Chores(office.desk.engine)
    with FakeClamd(answer=b"") as daemon:
        desk.engine.scanner = Scanner(daemon.address)
    try:
        key = send_file(worker, case, b"Waits.", "a.txt").get_json()["key"]
        tend(desk.engine, chores)
        assert worker.get(f"{DOCUMENTS}/{key}").get_json()["file"]["scan"] == "quarantined"
        problem(worker.get(f"{DOCUMENTS}/{key}/content"), 409, "conflict")
        with FakeClamd() as back:
            desk.engine.scanner = Scanner(back.address)
            tend(desk.engine, chores)
            assert back.heard == []
            desk.clock.advance_to(desk.clock.now() + timedelta(minutes=1))
            tend(desk.engine, chores)
            assert 6 in back.heard
        assert worker.get(f"{DOCUMENTS}/{key}/content").data == b"Waits."
    finally:
        desk.engine.scanner = None
