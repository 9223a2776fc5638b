"""The OpenAPI document, and the registration of operations."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import flask_smorest
import msgspec
from flask import Flask, Response
from flask_smorest.spec.plugins import FlaskPlugin

from api.blueprint import API_ROOT, Blueprint
from api.context import PUBLIC, SESSION_COOKIE, OperationRule
from api.converters import KeyConverter, key_schema
from api.problem_schema import Problem
from api.problems import CONTENT_TYPE, PROBLEM_TYPES
from api.words import camel

_INTRODUCTION = """\
Runs the statutory process of an Education, Health and Care needs assessment: requests, tasks, deadlines.

**Who asks.** Every call but health, sign-in and this document carries `Authorization: Bearer <token>`: a
personal token, a system's token or a session. Each stands for one person's role in one organisation. What
that role may do is named in `x-permission`; what belongs to another agency isn't found (404). Pages in a
browser keep their session in a cookie and send the header `X-EHC-Request` with whatever changes something.

**Reading.** Keys are whole numbers written as text. Days are `2026-11-02` in Europe/London, instants
`2026-11-02T09:30:00Z`. Lists come in pages: send `page.endCursor` as `cursor` for the next. Parameters and
fields that aren't described are refused, not ignored; expect that fields are added to answers.

**Doing.** Send `Idempotency-Key` with a POST, and a repeat of it does nothing twice. Send the `ETag` that you
have seen in `If-Match`, and nothing is done on what has changed since.

**Problems** are RFC 9457 documents. `type` is stable; each operation lists its own in `x-problems`. Any
address answers 405 with `Allow` to a method it doesn't take.
"""

_HEADERS: Mapping[str, Mapping[str, Any]] = {
    "REQUEST_ID": {
        "description": "The name of this request in the service's log.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9-]{1,64}$"},
    },
    "ETAG": {
        "description": "The version of what is answered. Send it in `If-Match`.",
        "schema": {"type": "string", "pattern": '^"[0-9]+"$', "examples": ['"3"']},
    },
    "LOCATION": {
        "description": "The address of what was made.",
        "schema": {"type": "string", "format": "uri-reference", "examples": ["/api/v1/cases/1024"]},
    },
    "CONTENT-TAG": {
        "description": "Tells this content from any other. Send it in `If-None-Match` or `If-Range`.",
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{64}"$'},
    },
    "CONTENT-RANGE": {
        "description": "Which bytes of how many these are.",
        "schema": {"type": "string", "examples": ["bytes 0-1023/4096"]},
    },
    "UPLOAD-OFFSET": {
        "description": "How many bytes were received.",
        "schema": {"type": "string", "pattern": "^[0-9]{1,15}$", "examples": ["1048576"]},
    },
    "UPLOAD-LENGTH": {
        "description": "How many bytes the file has.",
        "schema": {"type": "string", "pattern": "^[0-9]{1,15}$", "examples": ["20971520"]},
    },
    "UPLOAD-EXPIRES": {
        "description": "When the upload is forgotten, unless it goes on.",
        "schema": {"type": "string", "examples": ["Tue, 03 Nov 2026 09:00:00 GMT"]},
    },
    "TUS-RESUMABLE": {
        "description": "The version of tus that is spoken.",
        "schema": {"type": "string", "enum": ["1.0.0"]},
    },
    "REPLAYED": {
        "description": "`true` when this answer was stored by an earlier request with the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "DEPRECATION": {
        "description": "The instant since which this operation is on its way out, as seconds after 1970.",
        "schema": {"type": "string", "pattern": "^@[0-9]+$", "examples": ["@1793491200"]},
    },
    "SUNSET": {
        "description": "From when on this operation may be gone.",
        "schema": {"type": "string", "examples": ["Mon, 01 Nov 2027 00:00:00 GMT"]},
    },
    "SUCCESSOR": {
        "description": "The address that does the same from now on.",
        "schema": {"type": "string", "examples": ['</api/v1/tasks>; rel="successor-version"']},
    },
    "WWW_AUTHENTICATE": {
        "description": "How to say who asks.",
        "schema": {"type": "string", "examples": ['Bearer realm="ehc"']},
        "required": True,
    },
    "RATE_LIMIT": {
        "description": "What is left of the limit, and the seconds until it is whole again.",
        "schema": {"type": "string", "examples": ['"token";r=11987;t=42']},
    },
    "RATE_LIMIT_POLICY": {
        "description": "The limit: so many requests in so many seconds. Absent where there is none.",
        "schema": {"type": "string", "examples": ['"token";q=12000;w=60']},
    },
    "RETRY_AFTER": {
        "description": "Seconds after which the same request may be sent again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$", "examples": ["1"]},
    },
}

_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "IDEMPOTENCY_KEY": {
        "name": "Idempotency-Key",
        "description": "A key of the caller's own choice. A repeat with the same key and the same content "
        "gets the first answer again, and nothing is done twice.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$", "examples": ["5f2c9b1e-1d5e-4f0a-9a53"]},
    },
    "IF_MATCH": {
        "name": "If-Match",
        "description": "The `ETag` that the caller has seen. Nothing is done when the thing has changed.",
        "schema": {"type": "string", "pattern": '^(\\*|(W/)?"[!#-~]*")$', "examples": ['"3"']},
    },
}


class Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest with problems instead of its own errors, and every status named."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = Problem

    def __init__(self, app: Flask) -> None:
        app.config.update(
            API_TITLE="EHC workflow",
            API_VERSION=_version(),
            OPENAPI_VERSION="3.1.0",
            OPENAPI_URL_PREFIX=API_ROOT,
            OPENAPI_JSON_PATH="openapi.json",
            API_SPEC_OPTIONS=_spec_options(),
        )
        self._document: bytes | None = None
        super().__init__(app, spec_kwargs={"flask_plugin": _CamelPlugin()})
        self.register_converter(KeyConverter, key_schema)
        self._installation = app.extensions["ehc"]
        self._installation.rules[f"{self._make_doc_blueprint_name()}.openapi_json"] = OperationRule(PUBLIC)

    def register_blueprint(self, blp: Blueprint, **options: Any) -> None:
        """Register the operations of a resource, in the document and at the gate."""
        self._installation.rules.update(blp.rules())
        super().register_blueprint(blp, **options)

    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        document: dict[str, Any] = self.spec.to_dict()
        return document

    def _openapi_json(self) -> Response:
        if self._document is None:
            self._document = msgspec.json.encode(self.document())
        return Response(self._document, mimetype="application/json")

    def _register_error_handlers(self) -> None:
        """Errors are answered by `api.failures`."""

    def _register_responses(self) -> None:
        for status in sorted({kind.status for kind in PROBLEM_TYPES.values()}):
            self.spec.components.response(HTTPStatus(status).name, _problem_response(status), lazy=True)

    def _register_etag_headers(self) -> None:
        for component, parameter in _PARAMETERS.items():
            self.spec.components.parameter(component, "header", dict(parameter), lazy=True)
        for component, header in _HEADERS.items():
            # What only lazy responses refer to would never be written down.
            lazy = component not in ("WWW_AUTHENTICATE", "RETRY_AFTER")
            self.spec.components.header(component, dict(header), lazy=lazy)

    def _register_pagination_header(self) -> None:
        """Pages are described by the body of a list, not by a header."""


class _CamelPlugin(FlaskPlugin):  # type: ignore[misc]
    """Path parameters in the document are camelCase, like everything else in JSON."""

    def rule_to_params(self, rule: Any) -> list[dict[str, Any]]:
        """The path parameters of an address."""
        parameters: list[dict[str, Any]] = super().rule_to_params(rule)
        return [{**parameter, "name": camel(parameter["name"])} for parameter in parameters]

    def path_helper(self, rule: Any, operations: Any, parameters: Any, **options: Any) -> str:
        """The address as the document writes it."""
        super().path_helper(rule, operations, parameters, **options)
        return "".join(
            part if index % 2 == 0 else "{" + camel(part) + "}"
            for index, part in enumerate(_split(self.flaskpath2openapi(rule.rule)))
        )


def _split(path: str) -> list[str]:
    """`/tasks/{task_key}/form` as text and names by turns."""
    return path.replace("}", "{").split("{")


def _problem_response(status: HTTPStatus) -> dict[str, Any]:
    kinds = [kind for kind in PROBLEM_TYPES.values() if kind.status == status]
    headers: dict[str, Any] = {"X-Request-Id": "REQUEST_ID"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "WWW_AUTHENTICATE"
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        headers["Retry-After"] = "RETRY_AFTER"
    examples = {
        kind.name: {
            "summary": kind.title,
            "value": {
                "type": kind.uri,
                "title": kind.title,
                "status": int(status),
                "detail": kind.remedy,
                "instance": f"{API_ROOT}/tasks",
                "requestId": "3d0b7f64c1d94d0d8d8f6d6a2f4f2a51",
            },
        }
        for kind in kinds
    }
    return {
        "description": "; ".join(kind.title for kind in kinds) + ".",
        "headers": headers,
        "content": {CONTENT_TYPE: {"schema": Problem, "examples": examples}},
    }


def _spec_options() -> dict[str, Any]:
    return {
        "info": {
            "description": _INTRODUCTION,
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "Where this document comes from."}],
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token or a session of one person's role in one organisation.",
                },
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": SESSION_COOKIE,
                    "description": "A browser's session. Changes need the header `X-EHC-Request` as well.",
                },
            }
        },
        "security": [{"token": []}, {"cookie": []}],
    }


def _version() -> str:
    try:
        return version("ehc-engine")
    except PackageNotFoundError:
        return "0"


def documented(app: Flask) -> dict[str, Any]:
    """The document of an application made by `api.application.create_app`."""
    api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    document: dict[str, Any] = api.document()
    return document
