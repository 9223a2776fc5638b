"""The guards around every test do fail a test that leaves this machine or leaves something running."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading

import pytest

from tests.support.guards import LeftRunningError, ReachedOutError, nothing_left_running


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0)])
def test_another_machine_is_out_of_reach(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(ReachedOutError):
        outside.connect(address)


def test_names_of_other_machines_are_not_looked_up():
    with pytest.raises(ReachedOutError):
        socket.create_connection(("www.example.org", 443))


def test_this_machine_is_in_reach():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_a_thread_that_goes_on_is_a_failure():
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="goes on")
    with pytest.raises(LeftRunningError, match="goes on"), nothing_left_running(grace=0.01):
        thread.start()
    end.set()
    thread.join()


def test_a_process_that_goes_on_is_a_failure():
    with pytest.raises(LeftRunningError, match="process"), nothing_left_running(grace=0.01):
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process.communicate(b"\n")


def test_what_has_ended_is_no_failure():
    with nothing_left_running():
        thread = threading.Thread(target=int)
        thread.start()
        subprocess.run([sys.executable, "-c", ""], check=True)
