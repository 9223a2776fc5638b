"""The scanner is asked in ClamAV's protocol, and its silence is never taken for a yes."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from engine.errors import SetupError
from engine.files import Scanner, ScannerAway
from tests.support.clamd import EICAR, FakeClamd


@pytest.fixture
def lying(tmp_path: Path):
    def write(content: bytes) -> Path:
        path = tmp_path / "content"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("over", ["tcp", "unix"])
def test_a_clean_file_and_an_infected_one(tmp_path, lying, over):
    with FakeClamd(tmp_path / "s" if over == "unix" else None) as daemon:
        scanner = Scanner(daemon.address)
        assert scanner.scan(lying(b"Nothing to see." * 50_000)).found is None
        assert scanner.scan(lying(bytes(200_000) + EICAR)).found == "Eicar-Test-Signature"
        assert daemon.heard == [15 * 50_000, 200_000 + len(EICAR)]


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK and more\0"])
def test_any_other_answer_is_no_answer(lying, answer):
    with FakeClamd(answer=answer) as daemon, pytest.raises(ScannerAway):
        Scanner(daemon.address).scan(lying(b"x"))


def test_a_scanner_that_is_away_or_silent_is_said_so(lying):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(ScannerAway):
            Scanner(f"tcp://127.0.0.1:{port}", answer=0.05).scan(lying(b"x"))
    with pytest.raises(ScannerAway):
        Scanner(f"tcp://127.0.0.1:{port}").scan(lying(b"x"))
    with pytest.raises(ScannerAway):
        Scanner("unix:/nowhere/clamd").scan(lying(b"x"))


@pytest.mark.parametrize(
    "address", ["", "clamd", "tcp://", "tcp://host", "tcp://host:0", "unix:clamd", "tcp:host:1"]
)
def test_an_address_that_is_none_is_refused_at_once(address):
    with pytest.raises(SetupError, match="EHC_SCANNER"):
        Scanner(address)
