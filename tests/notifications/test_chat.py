"""Chats are told through Apprise, on hosts that are known, and nowhere else."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from engine.errors import BadInput
from engine.services.messages.chat_addresses import checked_chat
from notifications.channels import Refused, TryAgain
from notifications.channels.chat import ChatChannel
from tests.notifications.outgoing import alert
from tests.support.receiver import Receiver, receiving

_FLOW = "workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke"
TEAMS = (
    f"https://prod-1.westeurope.logic.azure.com:443/{_FLOW}?api-version=2016-06-01&sp=%2Ft&sv=1.0&sig=KODu"
)
KNOWN = [
    TEAMS,
    "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "https://chat.googleapis.com/v1/spaces/AAAA/messages?key=KKKK&token=TTTT",
    "mmosts://chat.example.gov.uk/3ccdd113474722377935511fc85d3dd4",
    "rockets://token/xyz@chat.example.gov.uk",
]
REFUSED = [
    "json://chat.example.gov.uk/",
    "mailto://user:secret@example.org",
    "syslog://",
    "workflows://10.0.0.1/643e69f83c8944438d68119179a10a64/KODu",
    "workflows://prod-1.logic.azure.com.evil.example/643e69f83c8944438d68119179a10a64/KODu",
    "workflows://prod-1.westeurope.logic.azure.com:8443/643e69f83c8944438d68119179a10a64/KODu",
    "mmosts://169.254.169.254/3ccdd113474722377935511fc85d3dd4",
    "mmosts://chat.example.gov.uk:8443/3ccdd113474722377935511fc85d3dd4",
    "mmost://chat.example.gov.uk/3ccdd113474722377935511fc85d3dd4",
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#one/#two",
    f"{TEAMS}&template=/etc/passwd",
    "https://evil.example/hook",
    "",
    "nonsense",
    "mmosts://chat.example.gov.uk/" + "a" * 1000,
]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        opened.statuses = [200]
        yield opened


def mattermost(receiver: Receiver) -> tuple[str, str]:
    """The address of a chat at the receiver, and its host."""
    host = receiver.url.removeprefix("http://").partition("/")[0]
    return f"mmost://{host}/3ccdd113474722377935511fc85d3dd4", host


@pytest.mark.parametrize("address", KNOWN)
def test_known_services_and_named_hosts_are_taken(address: str) -> None:
    assert checked_chat(address, {"chat.example.gov.uk"}) == address


@pytest.mark.parametrize("address", REFUSED)
def test_everything_else_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(BadInput, match="Messages can't be sent to this chat") as refused:
        checked_chat(address, {"chat.example.gov.uk"})
    assert not address or address not in str(refused.value)


def test_a_chat_is_told_the_subject_the_words_and_the_link(receiver: Receiver) -> None:
    address, host = mattermost(receiver)
    accepted = ChatChannel({}, {host}).send(alert(address=address, text="Case 12 waits."))
    (came,) = receiver.received
    assert came.path == "/hooks/3ccdd113474722377935511fc85d3dd4"
    said = json.loads(came.body)["text"]
    assert all(word in said for word in ("Case 12: advice is due", "Case 12 waits.", alert().link or ""))
    assert (accepted.provider, accepted.is_final) == ("apprise", True)


def test_an_authority_may_have_one_chat_for_whoever_names_none(receiver: Receiver) -> None:
    address, host = mattermost(receiver)
    channel = ChatChannel({"333": address}, {host})
    channel.send(alert(address=""))
    assert len(receiver.received) == 1
    with pytest.raises(Refused, match="no-chat"):
        channel.send(alert(address="", authority="334"))
    assert channel.find(alert().reference) is None


def test_what_isnt_taken_is_tried_again_and_a_redirect_not_followed(receiver: Receiver) -> None:
    address, host = mattermost(receiver)
    receiver.statuses = [500, 302]
    for _ in range(2):
        with pytest.raises(TryAgain, match="chat-not-taken"):
            ChatChannel({}, {host}).send(alert(address=address))
    assert {came.path for came in receiver.received} == {"/hooks/3ccdd113474722377935511fc85d3dd4"}
    assert len(receiver.received) == 2


def test_an_address_that_is_no_longer_allowed_is_refused_when_it_is_sent(receiver: Receiver) -> None:
    address, _ = mattermost(receiver)
    with pytest.raises(Refused, match="bad-chat-address"):
        ChatChannel({}, set()).send(alert(address=address))
    assert not receiver.received


def test_no_address_and_no_word_gets_into_a_log(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    address, host = mattermost(receiver)
    receiver.statuses = [500]
    with pytest.raises(TryAgain):
        ChatChannel({}, {host}).send(alert(address=address))
    with pytest.raises(BadInput):
        checked_chat("json://user:secret@inside/", {host})
    ours = " ".join(r.getMessage() for r in caplog.records if r.name.startswith("apprise"))
    assert ours == ""
