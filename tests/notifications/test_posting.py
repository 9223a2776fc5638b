"""A webhook leads nowhere that it may not: by its address, by its name, or by what it answers."""

from __future__ import annotations

import socket
import threading

import pytest

from engine.errors import BadInput
from engine.services.webhooks.webhook_addresses import checked_url, is_allowed
from notifications.posting import NotSent, post
from tests.support.receiver import receiving

REFUSED = [
    "http://hooks.example/",
    "ftp://hooks.example/",
    "https://user:secret@hooks.example/",
    "https://hooks.example/#part",
    "https://localhost/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fe80::1%25eth0]/",
    "https://metadata.internal/",
    "https://hooks.example:0/",
    "https:///path",
    "https://hooks.example/\r\nHost: other",
    "https://hooks.example\\@10.0.0.1/",
    "not an address",
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_leads_inside_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match=r"can't be sent to this address|IP address in full"):
        checked_url(url, allow_loopback=False)


@pytest.mark.parametrize(
    "url", ["https://hooks.example/ehc?x=1", "https://8.8.8.8:8443/", "https://[2606:4700::1]/"]
)
def test_a_public_address_is_taken(url: str) -> None:
    assert checked_url(url, allow_loopback=False) == url


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "fc00::1", "::ffff:127.0.0.1",
     "64:ff9b::a00:1", "2002:a00:1::", "::1", "169.254.169.254"],
)  # fmt: skip
def test_an_address_behind_a_name_is_looked_at_as_well(address: str) -> None:
    assert not is_allowed(address, allow_loopback=False)


def test_a_name_that_points_inside_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        port = int(receiver.url.rpartition(":")[2].partition("/")[0])
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        with pytest.raises(NotSent, match="forbidden-address"):
            post(f"https://hooks.example:{port}/", b"{}", {}, allow_loopback=False)
        assert receiver.received == []


def test_a_receiver_without_a_certificate_gets_nothing() -> None:
    with receiving() as receiver:
        url = receiver.url.replace("http://", "https://")
        with pytest.raises(NotSent, match=r"certificate|unreachable"):
            post(url, b"{}", {}, allow_loopback=True)
        assert receiver.received == []


@pytest.mark.parametrize(
    ("said", "outcome"),
    [(b"SSH-2.0-x\r\n", "no-http"), (b"", "no-http"), (b"x" * 100_000, "no-http"), (None, "timeout")],
)
def test_whatever_is_said_back_ends_soon(said: bytes | None, outcome: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                if said is None:
                    over.wait(60)
                    return
                try:
                    connection.sendall(said)
                except OSError:  # the sender has heard enough
                    return

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.getsockname()[1]}/"
            with pytest.raises(NotSent, match=outcome):
                post(url, b"{}", {}, allow_loopback=True, patience=0.2 if said is None else 30)
        finally:
            over.set()
            thread.join()
