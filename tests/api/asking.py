"""Asks an application over HTTP semantics, and checks what must hold of every answer."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from api.problems import CONTENT_TYPE, PROBLEM_TYPES, TYPE_PREFIX
from tests.api.sample import WORKER

NOBODY = ""
_MEMBERS = {"type", "title", "status", "detail", "instance", "requestId"}


class Caller:
    """Sends requests with one token; every answer is checked for what all answers share."""

    def __init__(self, app: Flask, token: str = WORKER) -> None:
        self.app = app
        self.token = token

    def of(self, token: str) -> Caller:
        """The same application, asked with another token."""
        return Caller(self.app, token)

    def __call__(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        response = self.app.test_client().open(path, method=method, headers=headers, **options)
        check(response)
        return response

    def get(self, path: str, **options: Any) -> TestResponse:
        return self("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        if body is not None:
            options["json"] = body
        return self("POST", path, **options)

    def put(self, path: str, body: Any) -> TestResponse:
        return self("PUT", path, json=body)

    def patch(self, path: str, body: Any) -> TestResponse:
        return self("PATCH", path, json=body)


def check(response: TestResponse) -> None:
    """Named, out of caches and frames; and whatever went wrong is a whole problem."""
    assert response.headers["X-Request-Id"]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    if response.status_code >= 400 and response.request.method != "HEAD":
        check_problem(response)


def check_problem(response: TestResponse) -> None:
    problem = response.get_json()
    assert response.content_type == CONTENT_TYPE
    assert set(problem) >= _MEMBERS
    assert problem["status"] == response.status_code
    assert problem["requestId"] == response.headers["X-Request-Id"]
    kind = PROBLEM_TYPES[problem["type"].removeprefix(TYPE_PREFIX)]
    assert problem["title"] == kind.title
    assert "Traceback" not in response.text


def problem(response: TestResponse, status: int, name: str) -> dict[str, Any]:
    """The problem that an answer is, checked for its status and type."""
    assert (response.status_code, response.get_json()["type"]) == (status, TYPE_PREFIX + name), response.text
    return dict(response.get_json())


def fields(response: TestResponse) -> dict[str, str]:
    """Which fields an answer finds wrong, and why."""
    return {error["field"]: error["message"] for error in response.get_json()["errors"]}
