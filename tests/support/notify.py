"""A stand-in for GOV.UK Notify's HTTP interface: what its documentation and its public code say that it does.

It checks the signed token of every request, validates as Notify validates, keeps what it was given, and tells
what became of it when the test says so.
"""

from __future__ import annotations

import base64
import binascii
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from flask import Flask, Response, jsonify, request
from notifications_python_client.authentication import decode_jwt_token, get_token_issuer
from notifications_python_client.errors import TokenError
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from engine.clock import Clock

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"tests-{SERVICE}-{SECRET}"
EMAIL, TEXT = "f33517ff-2a88-4f6e-b855-c550268ce08a", "0c6b3a5e-8a3b-4e2b-9df1-3e7a3f0b1c2d"
CALLBACK_TOKEN = "callback-token-of-these-tests-alone"
#: What is accepted and kept nowhere.
SMOKE = (
    "simulate-delivered@notifications.service.gov.uk",
    "simulate-delivered-2@notifications.service.gov.uk",
    "simulate-delivered-3@notifications.service.gov.uk",
    "07700900000",
    "07700900111",
    "07700900222",
)
#: What becomes of a message to these.
FATES = {
    "perm-fail@simulator.notify": "permanent-failure",
    "temp-fail@simulator.notify": "temporary-failure",
    "07700900002": "permanent-failure",
    "07700900003": "temporary-failure",
}
FINAL = ("delivered", "permanent-failure", "temporary-failure", "technical-failure", "received")
_MAILBOX = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_NUMBER = re.compile(r"(\+44|0)7\d{9}")


class NotifyError(Exception):
    """An answer other than what was asked for."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


class Notify:
    """What it was given, and how it is to answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.url = ""
        #: Every message that it keeps, the oldest first.
        self.kept: list[dict[str, Any]] = []
        #: Template -> its kind, and what it asks for.
        self.templates = {EMAIL: ("email", {"subject", "body"}), TEXT: ("sms", {"body"})}
        #: Errors that the next requests get.
        self.errors: list[NotifyError] = []
        #: How many of the next messages are kept, and the caller then told of an error of the server.
        self.lost_answers = 0
        self.key_type = "test"
        self.on_trial = False
        #: Done with each message: before anything else, and once it is kept but not yet answered.
        self.on_asked: Callable[[], None] = lambda: None
        self.on_kept: Callable[[], None] = lambda: None
        #: How many times it was asked what it has.
        self.looked_up = 0
        self._guard = threading.Lock()

    def finish(self, status: str | None = None) -> list[dict[str, Any]]:
        """Let what is under way come to its end; gives the receipts that Notify would send for it."""
        receipts = []
        for each in self.kept:
            if each["status"] in FINAL:
                continue
            fate = FATES.get(each["to"], "received" if each["type"] == "letter" else "delivered")
            each["status"] = status or fate
            each["completed_at"] = self._now()
            if each["type"] != "letter":
                receipts.append(self.receipt(each))
        return receipts

    def receipt(self, message: dict[str, Any]) -> dict[str, Any]:
        """What Notify posts to a service of a message's status."""
        return {
            "id": message["id"],
            "reference": message["reference"],
            "to": message["to"],
            "status": message["status"],
            "created_at": message["created_at"],
            "completed_at": message.get("completed_at"),
            "sent_at": message["created_at"],
            "notification_type": message["type"],
            "template_id": message["template"]["id"],
            "template_version": 1,
        }

    def call_back(self, url: str, receipts: list[dict[str, Any]]) -> list[int]:
        """Post receipts to a service as Notify does; gives the statuses of the answers."""
        headers = {"Authorization": f"Bearer {CALLBACK_TOKEN}"}
        return [requests.post(url, json=each, headers=headers, timeout=10).status_code for each in receipts]

    def accept(self, kind: str, form: dict[str, Any]) -> dict[str, Any]:
        """Take a message, or say why not."""
        self.on_asked()
        if self.errors:
            raise self.errors.pop(0)
        to, content = self._letter(form) if kind == "letter" else self._message(kind, form)
        made = {
            "id": str(uuid.uuid4()),
            "reference": form.get("reference"),
            "type": kind,
            "to": to,
            "status": "pending-virus-check" if kind == "letter" else "sending",
            "created_at": self._now(),
            "template": {"id": form.get("template_id"), "version": 1},
            "content": content,
            "postage": form.get("postage"),
        }
        with self._guard:
            if to not in SMOKE:
                self.kept.append(made)
        self.on_kept()
        if self.lost_answers:
            self.lost_answers -= 1
            raise NotifyError(500, "Exception", "Internal server error")
        return made

    def _message(self, kind: str, form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        name, form_of, word = (
            ("email_address", _MAILBOX, "email address")
            if kind == "email"
            else ("phone_number", _NUMBER, "phone number")
        )
        for required in (name, "template_id"):
            if required not in form:
                raise NotifyError(400, "ValidationError", f"{required} is a required property")
        to = form[name].replace("+44", "0", 1)
        if not form_of.fullmatch(to):
            raise NotifyError(400, "ValidationError", f"{name} Not a valid {word}")
        if self.on_trial and self.key_type != "test":
            raise NotifyError(400, "BadRequestError", "Can't send to this recipient in trial mode")
        template = self.templates.get(form["template_id"])
        if template is None or template[0] != kind:
            raise NotifyError(400, "BadRequestError", "Template not found")
        words = form.get("personalisation", {})
        if missing := template[1] - set(words):
            raise NotifyError(400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}")
        return to, words

    def _letter(self, form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if self.key_type == "team":
            raise NotifyError(403, "BadRequestError", "Cannot send letters with a team api key")
        if "reference" not in form:
            raise NotifyError(400, "ValidationError", "reference is a required property")
        if form.get("postage", "second") not in ("first", "second", "economy"):
            raise NotifyError(400, "ValidationError", "postage invalid.")
        try:
            pdf = base64.b64decode(form["content"], validate=True)
        except (binascii.Error, KeyError):
            raise NotifyError(400, "BadRequestError", "Cannot decode letter content") from None
        if not pdf.startswith(b"%PDF"):
            raise NotifyError(400, "BadRequestError", "Letter content is not a valid PDF")
        return "Provided as PDF", {"pdf": pdf}

    def _now(self) -> str:
        return self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class _Quiet(WSGIRequestHandler):
    """Logs nothing: what is logged is ours to look at."""

    def log(self, type: str, message: str, *args: Any) -> None:
        del type, message, args


@contextmanager
def standing_in_for_notify(clock: Clock) -> Iterator[Notify]:
    """A Notify that listens on this machine while the block runs."""
    notify = Notify(clock)
    server = make_server("127.0.0.1", 0, _application(notify), threaded=True, request_handler=_Quiet)
    notify.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield notify
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _application(notify: Notify) -> Flask:
    app = Flask("notify")
    app.before_request(_check_token)
    app.register_error_handler(NotifyError, _refusal)

    @app.post("/v2/notifications/<any(email, sms, letter):kind>")
    def send(kind: str) -> tuple[Response, int]:
        made = notify.accept(kind, request.get_json())
        answer = {"id": made["id"], "reference": made["reference"], "uri": f"/v2/notifications/{made['id']}"}
        return jsonify({**answer, "postage": made["postage"]} if kind == "letter" else answer), 201

    @app.get("/v2/notifications")
    def get_all() -> Response:
        notify.looked_up += 1
        wanted = _filter(request.args.to_dict())
        return jsonify(notifications=[_shown(m) for m in reversed(notify.kept) if wanted(m)], links={})

    @app.get("/v2/notifications/<notification_id>")
    def get_one(notification_id: str) -> Response:
        for each in notify.kept:
            if each["id"] == notification_id:
                return jsonify(_shown(each))
        raise NotifyError(404, "NoResultFound", "No result found")

    @app.get("/v2/template/<template_id>")
    def get_template(template_id: str) -> Response:
        if template_id not in notify.templates:
            raise NotifyError(404, "NoResultFound", "No result found")
        kind, words = notify.templates[template_id]
        return jsonify(id=template_id, type=kind, personalisation={w: {"required": True} for w in words})

    return app


def _check_token() -> None:
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        known = get_token_issuer(sent) == SERVICE
        decode_jwt_token(sent, SECRET)
    except TokenError:
        raise NotifyError(403, "AuthError", "Invalid token: signature, api token not found") from None
    if not known:
        raise NotifyError(403, "AuthError", "Invalid token: service not found")


def _refusal(error: NotifyError | HTTPException) -> tuple[Response, int]:
    assert isinstance(error, NotifyError)
    answer = {"status_code": error.status, "errors": [{"error": error.kind, "message": str(error)}]}
    return jsonify(answer), error.status


def _filter(asked: dict[str, str]) -> Callable[[dict[str, Any]], bool]:
    assert set(asked) <= {"reference", "status", "template_type"}
    names = {"reference": "reference", "status": "status", "template_type": "type"}
    return lambda message: all(message[names[name]] == value for name, value in asked.items())


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name not in ("content", "to")}
