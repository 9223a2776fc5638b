"""A real OpenID provider (`oidc-provider`), started as a process of its own, and a browser that goes there."""

from __future__ import annotations

import io
import json
import os
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

CLIENT_ID, CLIENT_SECRET = "ehc-in-tests", "a secret of these tests alone"
_PROGRAM = Path(__file__).with_name("provider.mjs")
_MOST_HOPS = 10


class Place:
    """An address of this machine at which an application is served that is made later."""

    def __init__(self) -> None:
        self.app: Flask | None = None
        #: What the provider itself has sent, the newest last.
        self.heard: list[bytes] = []
        self.server = make_server("127.0.0.1", 0, self, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        assert self.app is not None
        if environ["REQUEST_METHOD"] == "POST":
            self.heard.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            environ["wsgi.input"] = io.BytesIO(self.heard[-1])
        return self.app(environ, start_response)


@contextmanager
def served() -> Iterator[Place]:
    """A place that answers until the end."""
    place = Place()
    thread = threading.Thread(target=place.server.serve_forever)
    thread.start()
    try:
        yield place
    finally:
        place.server.shutdown()
        thread.join()
        place.server.server_close()


@contextmanager
def provider(installation: str, people: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The issuer of a provider that knows these people, for an installation at an address."""
    with subprocess.Popen(
        ["node", str(_PROGRAM), CLIENT_ID, CLIENT_SECRET, installation],
        env={**os.environ, "PEOPLE": json.dumps(people)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            issuer = process.stdout.readline().strip()
            assert issuer, "the provider didn't start: run make setup-test"
            yield issuer
        finally:
            process.kill()


class Browser:
    """Goes between an installation and a provider, with cookies for each."""

    def __init__(self, app: Flask, installation: str) -> None:
        self.installation = installation
        self.own = app.test_client()
        self.elsewhere = requests.Session()

    def get(self, path: str) -> TestResponse:
        """Ask the installation."""
        return self.own.get(path, base_url=self.installation)

    def post(self, path: str, **headers: str) -> TestResponse:
        """Have a page of the installation change something."""
        return self.own.post(path, base_url=self.installation, headers=headers)

    def sent_back(self, started: TestResponse, who: str) -> str:
        """Sign in at the provider as somebody; gives the path with which it sends the browser back."""
        assert started.status_code == 302, started.text
        address = f"{started.headers['Location']}&{urlencode({'login_hint': who})}"
        for _ in range(_MOST_HOPS):
            if address.startswith(f"{self.installation}/"):
                return address.removeprefix(self.installation)
            answer = self.elsewhere.get(address, allow_redirects=False, timeout=20)
            assert answer.is_redirect, answer.text
            address = requests.compat.urljoin(address, answer.headers["Location"])
        raise AssertionError("the provider never sent the browser back")

    def sign_in(self, who: str, **query: str) -> TestResponse:
        """The whole way there and back."""
        asked = f"?{urlencode(query)}" if query else ""
        return self.get(self.sent_back(self.get(f"/sign-in/council{asked}"), who))

    def cookies(self) -> dict[str, str]:
        """What the installation has given this browser to keep, as it was set last."""
        found = {}
        for name in ("__Host-ehc", "__Host-ehc-sign-in"):
            cookie = self.own.get_cookie(name, domain="127.0.0.1")
            if cookie is not None:
                found[name] = cookie.value
        return found
