"""Mails that the outbox sends in a second, against the same mails handed to the same mail server without it.

Both use the channel of email with its four connections. With the outbox each message is found, leased,
addressed, sent, and written down in a durable commit with its attempt; without it nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count

from sqlalchemy import func, select

from benchmarks.machinery import Bench, desk_on_sqlite
from benchmarks.measuring import WALL, median_ms, ratio, take_turns
from benchmarks.post_office import post_office
from benchmarks.results import Figure
from engine.sending_settings import SmtpSettings
from engine.services.messages.rendering import words_of
from engine.store.message_tables import outbox
from notifications.channels import Outgoing
from notifications.channels.email import EmailChannel
from notifications.sender import Sender
from tests.support.desk import Desk
from tests.support.postman import give_mailbox, message, post, post_many

AIM = 0.7
_MESSAGES = 400


def run(bench: Bench) -> list[Figure]:
    """Measure."""
    number = 8 if bench.tiny else _MESSAGES
    with post_office() as port, desk_on_sqlite(bench.folder, "outbox", durable=True) as desk:
        digest = partial(desk.engine.vault.digest, "message-id")
        server = SmtpSettings("127.0.0.1", port, "none")
        channel = EmailChannel(server, "ehc@send.example", desk.clock, digest)
        give_mailbox(desk, desk.member("service_manager"))
        Sender(desk.engine, {}).send_due()  # what the demonstration put there
        variants = {"outbox": _drained(desk, channel, number), "bare": _bare(desk, channel, number)}
        seconds = take_turns(variants, rounds=bench.times(8), block=1, clock=WALL, warm_up=1)
    rates = {name: round(number / median_ms(taken) * 1000) for name, taken in seconds.items()}
    what = f"mails a second from an outbox of {number}, against the bare channel client"
    detail = {f"{name}_a_second": rate for name, rate in rates.items()}
    return [Figure("outbox", what, 1 / ratio(seconds, "outbox", "bare"), AIM, at_least=True, detail=detail)]


def _drained(desk: Desk, channel: EmailChannel, number: int) -> Callable[[], Callable[[], None]]:
    """Drains of an outbox that was filled before the clock runs."""
    sender, round_ = Sender(desk.engine, {"email": channel}), count()

    def prepare() -> Callable[[], None]:
        post_many(desk, [f"drained:{next(round_)}:{each}" for each in range(number)])

        def act() -> None:
            sender.send_due()
            with desk.engine.database.read() as connection:
                left = select(func.count()).where(outbox.c.state == "waiting", outbox.c.channel == "email")
                assert connection.execute(left).scalar() == 0

        return act

    return prepare


def _bare(desk: Desk, channel: EmailChannel, number: int) -> Callable[[], Callable[[], None]]:
    """The same mails, straight to the channel."""
    row = message(desk, post(desk, "bare", state="held"))
    words = words_of(
        desk.engine, authority=row.authority, wording=row.wording, subject=row.subject, body=row.body
    )

    def outgoing(each: int) -> Outgoing:
        return Outgoing(
            key=each,
            reference=f"bare:{each}",
            kind=row.kind,
            channel="email",
            address="reader@send.example",
            subject=words.subject,
            text=words.text,
            html=words.html,
            link=words.link,
            attachment=None,
            attempt=1,
            authority=row.authority,
        )

    def prepare() -> Callable[[], None]:
        mails = [outgoing(each) for each in range(number)]

        def act() -> None:
            with ThreadPoolExecutor(channel.at_a_time) as pool:
                list(pool.map(channel.send, mails))
            channel.close()

        return act

    return prepare
