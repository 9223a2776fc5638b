"""What no test may do: reach beyond this machine, or leave something running."""

from __future__ import annotations

import ipaddress
import os
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

#: Seconds that threads and processes get to end by themselves.
GRACE = 5.0
#: Python's own, one for the whole process and ended with it.
TOLERATED = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")


class ReachedOutError(AssertionError):
    """A test tried to talk to another machine."""


class LeftRunningError(AssertionError):
    """A test ended and something that it had started didn't."""


def refuse_the_network(patch: pytest.MonkeyPatch) -> None:
    """Let sockets connect to this machine alone, and names other than its own stay unresolved."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def _connect(self: socket.socket, address: Any) -> None:
        _must_be_local(self.family, address)
        connect(self, address)

    def _connect_ex(self: socket.socket, address: Any) -> int:
        _must_be_local(self.family, address)
        return connect_ex(self, address)

    def _getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if not _is_local(host):
            raise ReachedOutError(f"A test may not look up '{host}': tests use this machine alone.")
        return getaddrinfo(host, *arguments, **options)

    patch.setattr(socket.socket, "connect", _connect)
    patch.setattr(socket.socket, "connect_ex", _connect_ex)
    patch.setattr(socket, "getaddrinfo", _getaddrinfo)


def _must_be_local(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
        raise ReachedOutError(f"A test may not connect to {address[0]}: tests use this machine alone.")


def _is_local(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback or ipaddress.ip_address(name).is_unspecified
    except ValueError:
        return False


@contextmanager
def nothing_left_running(grace: float = GRACE) -> Iterator[None]:
    """Fail when threads or child processes started inside are still there some time afterwards."""
    threads, processes = set(threading.enumerate()), _children()
    yield
    left = [thread.name for thread in set(threading.enumerate()) - threads if _goes_on(thread, grace)]
    left += [_command(child) for child in _children() - processes if _still_runs(child, grace)]
    left = [name for name in left if not any(tolerated in name for tolerated in TOLERATED)]
    if left:
        raise LeftRunningError(
            f"The test left running: {', '.join(left)}. End it in the test or in a fixture."
        )


def _goes_on(thread: threading.Thread, grace: float) -> bool:
    thread.join(grace)
    return thread.is_alive()


def _children() -> set[int]:
    """Ids of the child processes of this one, finished ones that nobody has asked after included."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(child) for each in lists for child in each.read_text().split()}


def _still_runs(process: int, grace: float) -> bool:
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return False
    try:
        ended, _, _ = select.select([handle], [], [], 0 if _is_tolerated(process) else grace)
        return not ended
    finally:
        os.close(handle)


def _is_tolerated(process: int) -> bool:
    return any(name in _command(process) for name in TOLERATED)


def _command(process: int) -> str:
    """What a process runs, as far as that can still be read."""
    try:
        command = Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ").strip()
    except OSError:
        command = ""
    return f"process {process} ({command[:200]})"
