"""The page that tests get is one of a real browser, clean, and kept on this machine."""

from __future__ import annotations

import http.server
import threading

import pytest

from tests.support.browser import PageError

HTML = b"""<!doctype html><html lang="en-GB"><title>A page</title>
<p id="seen">Read by a <b>browser</b></p><input id="name"><p id="gone" hidden>Not read</p>
<script>document.cookie = 'seen=yes; path=/'</script>"""


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers every request with the same page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"" if self.path == "/favicon.ico" else HTML)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("time", ["first", "again"])
def test_a_page_is_read_and_filled(browser_page, address, time):
    assert browser_page.evaluate("location.href") == "about:blank"
    browser_page.goto(address)
    browser_page.fill("#name", "Invented")
    assert browser_page.title() == "A page"
    assert browser_page.text("#seen") == "Read by a browser"
    assert browser_page.evaluate("document.querySelector('#name').value") == "Invented"
    assert browser_page.troubles() == []


def test_another_machine_is_out_of_reach(browser_page, address):
    browser_page.goto(address)
    browser_page.evaluate("fetch('https://www.example.org/').catch(() => 0)")
    assert any("www.example.org" in trouble for trouble in browser_page.troubles())


def test_what_is_not_there_is_a_failure(browser_page, address):
    browser_page.goto(address)
    with pytest.raises(PageError, match="#nothing"):
        browser_page.call("innerText", "#nothing", {"timeout": 50})
