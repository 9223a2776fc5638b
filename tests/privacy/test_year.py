"""No message of the whole example year tells of anybody: neither as it is kept nor as a channel gets it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.application import Engine
from engine.clock import SteppedClock
from engine.config import ROOT, Settings
from engine.replay import read_recording, replay_year
from engine.sending_settings import NotifySettings, SmtpSettings
from engine.services.messages.rendering import Words, words_of
from engine.store.database import Database
from engine.store.message_tables import outbox
from engine.store.types import AnyRow
from insight.early.mornings import foretell
from notifications.channels import Channel, Outgoing, notify
from notifications.channels.email import EmailChannel
from notifications.channels.notify_client import NotifyClient
from tests.support.mail_server import mail_server
from tests.support.notify import EMAIL, KEY, TEXT, standing_in_for_notify
from tests.support.privacy import answers, misplaced, people, strings, told
from tests.support.recordings import YEAR

UNTIL = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)
KINDS = {"alert", "digest", "notice"}


@dataclass(frozen=True)
class Message:
    """A message of the outbox, and what it says."""

    row: AnyRow
    words: Words

    @property
    def text(self) -> str:
        """Everything of it that anybody may come to see."""
        row, words = self.row, self.words
        values = strings(json.loads(row.body))
        return "\n".join((words.subject, words.text, words.html or "", row.subject, row.reference, *values))


def foretell_on_mondays(engine: Engine) -> None:
    """Early warnings, of which a week's worth is as telling as a day's."""
    if engine.clock.today().weekday() == 0:
        foretell(engine)


def messages(engine: Engine) -> Iterator[Message]:
    """All of them, as they'd be read now."""
    with engine.database.read() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.key)).all()
    for row in rows:
        words = words_of(
            engine, authority=row.authority, wording=row.wording, subject=row.subject, body=row.body
        )
        yield Message(row, words)


def outgoing(message: Message, address: str) -> Outgoing:
    """As a sender hands it over."""
    row, words = message.row, message.words
    return Outgoing(
        row.key, row.reference, row.kind, "email", address, words.subject, words.text, words.html,
        words.link, None, 1, row.authority,
    )  # fmt: skip


def handed_over(found: list[Message]) -> list[str]:
    """What a mail server and GOV.UK Notify get of the longest message of each wording."""
    longest = {m.row.wording: m for m in sorted(found, key=lambda m: len(m.text))}
    clock = SteppedClock(UNTIL)
    with mail_server() as server, standing_in_for_notify(clock) as there:
        client = NotifyClient(NotifySettings(KEY, there.url, {"email": EMAIL, "text": TEXT}), clock)
        smtp = SmtpSettings("localhost", server.port, "none")
        mail = EmailChannel(smtp, "ehc@send.example", clock, lambda reference: f"{len(reference):032}")
        ways: list[tuple[Channel, str]] = [
            (mail, "reader@send.example"),
            (notify.email(client, EMAIL), "reader@send.example"),
            (notify.text(client, TEXT), "07700900123"),
        ]
        for channel, address in ways:
            for message in longest.values():
                channel.send(outgoing(message, address))
            channel.close()
        mails = [each.message for each in server.received]
        parts = [part for each in mails for part in each.walk() if not part.is_multipart()]
        headers = [str(each[name]) for each in mails for name in ("Subject", "Message-ID")]
        assert len(there.kept) == 2 * len(mails) == 2 * len(longest)
        return [
            *headers,
            *(str(part.get_content()) for part in parts),
            *strings([each["content"] for each in there.kept]),
        ]


def check_messages(engine: Engine) -> None:
    """Whatever is written, rendered or handed over tells nothing; and each way of telling would be seen."""
    found = list(messages(engine))
    assert {message.row.kind for message in found} == KINDS
    assert {"early_warning", "handed_up", "digest", "notice_sent"} <= {m.row.wording for m in found}
    assert [fault for m in found for fault in misplaced(json.loads(m.row.body))] == []
    texts = [*(message.text for message in found), *handed_over(found)]
    persons, written = people(engine), answers(engine)
    assert len(persons) > 1000
    assert {"slcn", "hi", "audiology clinic"} <= written
    assert told(persons, texts) == []
    small = [text.casefold() for text in texts]
    assert told(written, small) == []
    for planted in ("slcn", "audiology clinic", min(written, key=lambda text: -len(text))):
        assert planted in told(written, [*small, f"case 7: {planted}, late"])
    assert {"Isla", "H333300622353"} <= set(told(persons, [*texts, "Isla (H333300622353) waits"]))


def test_no_message_of_the_whole_year_tells_of_anybody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    url = f"sqlite:///{tmp_path / 'year.db'}"
    settings = Settings(url, ROOT / "bpmn", ROOT / "examples" / "authority.yaml")
    replay_year(read_recording(YEAR), settings, until=UNTIL, each_morning=foretell_on_mondays)
    engine = Engine(Database(url), SteppedClock(UNTIL), settings)
    try:
        check_messages(engine)
        logged = [record.getMessage() for record in caplog.records]
        assert told(people(engine), logged) == []
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"case": "7", "child": "Ada"}, "child"),
        ({"case": "Ada"}, "case=Ada"),
        ({"occurrence": "Autism, suspected"}, "occurrence=Autism, suspected"),
        ({"groups": [{"lines": [{"link": "/cases/7?name=Ada"}]}]}, "link=/cases/7?name=Ada"),
        ({"more": "Ada"}, "more=Ada"),
    ],
)
def test_a_body_with_more_than_it_may_hold_is_seen(body: dict[str, object], fault: str) -> None:
    assert misplaced(body) == [fault]
