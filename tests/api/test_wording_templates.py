"""Process owners see letters and messages before anybody is sent one, and try their own."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from api.wording_templates.schemas import (
    MessageTemplateDetail,
    MessageTemplatePage,
    NoticeTemplateDetail,
    NoticeTemplatePage,
    TriedLetter,
    TriedMessage,
)
from engine.definitions import vocabulary
from engine.letters.samples import BANNER
from tests.api.asking import Caller
from tests.api.office import Office
from tests.api.test_contract import differences
from tests.api.test_printing import is_refused_for_want_of_a_maker

LETTERS, MESSAGES = "/api/v1/notice-templates", "/api/v1/message-templates"


@pytest.fixture
def owner(office: Office) -> Caller:
    return office.caller("process_owner")


def test_every_letter_is_listed_with_what_it_may_show_and_nothing_stops_one(owner: Caller) -> None:
    page = owner.get(LETTERS).get_json()
    assert differences(NoticeTemplatePage, page) == {}
    assert {each["kind"] for each in page["items"]} == set(vocabulary().letters)
    assert all(each["origin"] == "shipped" and each["problems"] == [] for each in page["items"])
    refusal = next(each for each in page["items"] if each["kind"] == "refusal_to_assess")
    assert refusal["appealable"]
    assert {"appeal_until", "reasons"} <= {each["name"] for each in refusal["fields"]}


@pytest.mark.parametrize("reader", ["parent", "young_person"])
def test_every_letter_can_be_seen_for_both_readers_and_says_that_it_is_a_sample(
    owner: Caller, reader: str
) -> None:
    for kind in vocabulary().letters:
        seen = owner.get(f"{LETTERS}/{kind}/preview?reader={reader}")
        assert seen.status_code == 200, seen.text
        assert BANNER in seen.text
        assert "Robin" in seen.text
        assert "sandbox" in seen.headers["Content-Security-Policy"]


def test_a_letter_that_is_sent_bears_no_mark_of_a_sample(office: Office) -> None:
    case = office.registered_request()
    notice = office.notice(case, "family_consultation")["key"]
    sent = office.caller("caseworker").get(f"/api/v1/cases/{case}/notices/{notice}/content").text
    assert BANNER not in sent
    assert "ehc-watermark" not in sent


def test_a_letter_can_be_seen_on_paper(owner: Caller) -> None:
    paper = owner.get(f"{LETTERS}/refusal_to_assess/preview/pdf")
    if is_refused_for_want_of_a_maker(paper):
        return
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.data)).pages)
    assert "sample" in words
    assert "Robin" in words


def test_words_of_ones_own_are_tried_before_they_are_deployed_and_nothing_is_kept(owner: Caller) -> None:
    detail = owner.get(f"{LETTERS}/refusal_to_assess").get_json()
    assert differences(NoticeTemplateDetail, detail) == {}
    own = detail["files"][0]
    changed = own["text"].replace("needs{% endblock %}", "needs (in our words){% endblock %}", 1)
    assert changed != own["text"]
    tried = owner.post(
        f"{LETTERS}/check", {"kind": "refusal_to_assess", "files": {own["name"]: changed}}
    ).get_json()
    assert differences(TriedLetter, tried) == {}
    assert tried["acceptable"]
    assert "(in our words)" in tried["html"]
    assert tried["version"] != detail["version"]
    assert "(in our words)" not in owner.get(f"{LETTERS}/refusal_to_assess/preview").text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ reference }}", "{{ referense }}", "reference"),
        ("{% endblock %}", "", "endblock"),
        ("</body>", "<script>alert(1)</script></body>", "script"),
    ],
)
def test_what_would_stop_a_letter_is_said_with_what_to_do(
    owner: Caller, old: str, new: str, said: str
) -> None:
    files = {
        each["name"]: each["text"] for each in owner.get(f"{LETTERS}/refusal_to_assess").get_json()["files"]
    }
    name = next(name for name, text in files.items() if old in text)
    body = {"kind": "refusal_to_assess", "files": {name: files[name].replace(old, new, 1)}}
    tried = owner.post(f"{LETTERS}/check", body).get_json()
    assert not tried["acceptable"]
    assert tried["html"] is None
    assert any(said in f"{each['message']} {each['remedy']}" for each in tried["findings"])


def test_a_deployed_letter_is_what_is_seen_from_then_on(owner: Caller) -> None:
    own = owner.get(f"{LETTERS}/refusal_to_assess").get_json()["files"][0]
    files = {own["name"]: own["text"].replace("needs{% endblock %}", "needs (in our words){% endblock %}", 1)}
    made = owner.post("/api/v1/deployments", {"files": files, "reason": "Agreed on 3 November."})
    assert made.status_code == 200, made.text
    listed = {each["kind"]: each for each in owner.get(LETTERS).get_json()["items"]}
    assert listed["refusal_to_assess"]["origin"] == "deployment"
    assert listed["refusal_to_assess"]["deploymentKey"] == made.get_json()["key"]
    assert listed["decision_to_assess"]["origin"] == "shipped"
    assert "(in our words)" in owner.get(f"{LETTERS}/refusal_to_assess/preview").text


def test_a_letter_that_isnt_there_is_refused_with_the_nearest(owner: Caller) -> None:
    for path in ("", "/preview", "/preview/pdf"):
        said = owner.get(f"{LETTERS}/refusal_to_asess{path}")
        assert said.status_code == 404
        assert "refusal_to_assess" in said.get_json()["detail"]
    body = {"kind": "refusal_to_asess", "files": {"refusal_to_assess.html": "x"}}
    assert "refusal_to_assess" in owner.post(f"{LETTERS}/check", body).text
    assert owner.get(f"{LETTERS}/refusal_to_assess/preview?reader=aunt").status_code == 422


def test_messages_are_seen_and_tried_alike(owner: Caller) -> None:
    page = owner.get(MESSAGES).get_json()
    assert differences(MessageTemplatePage, page) == {}
    for each in page["items"]:
        seen = owner.get(f"{MESSAGES}/{each['name']}/preview").get_json()
        assert differences(TriedMessage, seen) == {}
        assert seen["acceptable"], seen
        assert seen["subject"]
        assert "https://ehc.example/" in seen["text"]
    detail = owner.get(f"{MESSAGES}/nearing").get_json()
    assert differences(MessageTemplateDetail, detail) == {}
    tried = owner.post(
        f"{MESSAGES}/check", {"name": "nearing", "text": "Now\n\n" + detail["text"]}
    ).get_json()
    assert tried["acceptable"]
    assert tried["subject"] == "Now"
    wrong = {"name": "nearing", "text": detail["text"] + "\n{{ child }}"}
    refused = owner.post(f"{MESSAGES}/check", wrong).get_json()
    assert not refused["acceptable"]
    assert "names anybody" in refused["findings"][0]["remedy"]
    unknown = owner.get(f"{MESSAGES}/nearin/preview")
    assert unknown.status_code == 404
    assert "nearing" in unknown.get_json()["detail"]


def test_only_who_deploys_tries_and_only_who_reads_processes_sees(office: Office) -> None:
    body = {"kind": "refusal_to_assess", "files": {"refusal_to_assess.html": "x"}}
    for role in ("caseworker", "service_manager"):
        assert office.caller(role).get(f"{LETTERS}/refusal_to_assess/preview").status_code == 403
        assert office.caller(role).post(f"{LETTERS}/check", body).status_code == 403
        assert office.caller(role).get(f"{MESSAGES}/nearing/preview").status_code == 403
