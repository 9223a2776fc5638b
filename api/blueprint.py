"""How an operation is declared: its address, permission, schemas, and what it honours.

    @tasks.post("/<key:task_key>/claim")
    @permission("task:work")
    @repeatable
    @conditional
    @problems("not-found", "task-held")
    @tasks.answers(200, Task, TASK, "ETag")
    def claim_task(task_key: str, version: int | None) -> Response: ...

`repeatable` stands above whatever reads the request, so that a repeat gets its stored answer whatever
today's rules say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import flask_smorest
from marshmallow import Schema

from api.context import OperationRule
from api.description import describe
from api.parser import StrictParser
from api.words import camel

View = TypeVar("View", bound=Callable[..., Any])

#: The version of the interface, at the front of every address.
API_ROOT = "/api/v1"
_PAGE = "text/html"
_BYTES = "application/octet-stream"
#: A file comes as what it was found to be.
_ANY = "*/*"
_TEXT = "text/plain"


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """The operations of one resource.

    Args:
        name: the resource, in the plural; also the operations' tag in the document.
        path: what stands before the addresses of its operations.
        description: one sentence for the document.
    """

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, path: str, description: str) -> None:
        super().__init__(name, __name__, url_prefix=path, description=description)
        self._prepare_doc_cbks.append(describe)

    def get(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Declare an operation that reads."""
        return self._declared(rule, methods=["GET"], **options)

    def post(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Declare an operation that does something."""
        return self._declared(rule, methods=["POST"], **options)

    def put(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Declare an operation that sets something as a whole."""
        return self._declared(rule, methods=["PUT"], **options)

    def patch(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Declare an operation that changes a part of something."""
        return self._declared(rule, methods=["PATCH"], **options)

    def delete(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Declare an operation that takes something away."""
        return self._declared(rule, methods=["DELETE"], **options)

    def takes(self, schema: type[Schema], example: Mapping[str, Any]) -> Callable[[View], View]:
        """The JSON body of an operation: the view's first argument."""
        required = not getattr(schema, "may_be_left_out", False)
        decorate: Callable[[View], View] = self.arguments(schema(), example=example, required=required)
        return decorate

    def filters(self, schema: type[Schema]) -> Callable[[View], View]:
        """The query parameters of an operation: the view's first argument."""
        decorate: Callable[[View], View] = self.arguments(schema(), location="query")
        return decorate

    def headers(self, schema: type[Schema]) -> Callable[[View], View]:
        """The header parameters of an operation: the view's first argument."""
        decorate: Callable[[View], View] = self.arguments(schema(), location="headers")
        return decorate

    def answers(
        self, status: int, schema: type[Schema], example: Mapping[str, Any], *headers: str
    ) -> Callable[[View], View]:
        """What an operation answers when all is well, and the headers that come with it."""
        components = {name: name.upper() for name in headers}
        decorate: Callable[[View], View] = self.response(status, schema, example=example, headers=components)
        return decorate

    def answers_nothing(self, *headers: str) -> Callable[[View], View]:
        """An operation whose answer has headers alone (204)."""
        components = {name: name.upper() for name in headers}
        decorate: Callable[[View], View] = self.response(204, headers=components)
        return decorate

    def answers_content(self, example: str, value: Mapping[str, Any]) -> Callable[[View], View]:
        """An operation that answers what was stored: the bytes of a file or parts of it, a page, or JSON."""
        bytes_of_file = {"schema": {"type": "string", "format": "binary"}, "example": example}
        kinds: dict[str, Any] = {
            _BYTES: bytes_of_file,
            _ANY: bytes_of_file,
            _PAGE: {"schema": {"type": "string"}, "example": "<!doctype html><title>A letter</title>"},
            "application/json": {"schema": {"type": "object"}, "example": value},
        }
        others = {200: {"content": kinds}, 206: {"content": {_BYTES: bytes_of_file, _ANY: bytes_of_file}}}
        whole: Callable[[View], View] = self.response(
            200,
            bytes_of_file["schema"],
            content_type=_BYTES,
            example=example,
            headers={"ETag": "CONTENT-TAG"},
        )
        part: Callable[[View], View] = self.alt_response(
            206, description="The part that was asked for.", headers={"Content-Range": "CONTENT-RANGE"}
        )
        same: Callable[[View], View] = self.alt_response(304, description="It is what the caller has.")
        said: Callable[[View], View] = self.doc(responses=others)
        return lambda view: note(said(same(part(whole(view)))), produces=None)

    def answers_page(self, example: str) -> Callable[[View], View]:
        """An operation that answers a page of HTML, made for people."""
        return self.answers_text(example, _PAGE)

    def answers_text(self, example: str, content_type: str = _TEXT) -> Callable[[View], View]:
        """An operation that answers text in a form of its own."""
        decorate: Callable[[View], View] = self.response(
            200, {"type": "string"}, content_type=content_type, example=example, headers={}
        )
        return lambda view: note(decorate(view), produces=content_type)

    def rules(self) -> dict[str, OperationRule]:
        """What the gate must know of each operation, by endpoint.

        Raises:
            LookupError: an operation names no permission.
        """
        return {
            f"{self.name}.{endpoint}": _rule(endpoint, notes)
            for endpoint, methods in self._docs.items()
            for method, notes in methods.items()
            if method != "parameters"
        }

    def _declared(self, rule: str, **options: Any) -> Callable[[View], View]:
        decorate: Callable[[View], View] = self.route(rule, **options)
        return decorate

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, notes in self._docs[endpoint].items():
            if method != "parameters":
                notes.setdefault("manual_doc", {})["operationId"] = camel(endpoint)
                notes["docstring"]["summary"] = notes["docstring"]["summary"].rstrip(".")


def permission(name: str) -> Callable[[View], View]:
    """The permission that guards an operation, or `PUBLIC`. It is enforced by `api.gate`."""
    return lambda view: note(view, permission=name)


def problems(*names: str) -> Callable[[View], View]:
    """The problem types of an operation besides those that any operation may answer."""
    return lambda view: note(view, problems=names)


def counted(view: View) -> View:
    """Mark an operation that strangers use to get in: an address may try it only so often in a minute."""
    return note(view, counted=True)


def note(view: View, **notes: Any) -> View:
    """Write something down about a view, for its document and the gate."""
    known = getattr(view, "_apidoc", {})
    view._apidoc = {**known, **notes}  # type: ignore[attr-defined]
    return view


def _rule(endpoint: str, notes: Mapping[str, Any]) -> OperationRule:
    if "permission" not in notes:
        raise LookupError(f"The operation {camel(endpoint)} names no permission: add @permission(...).")
    places = {parameter["in"] for parameter in notes.get("arguments", {}).get("parameters", ())}
    rule = OperationRule(
        notes["permission"],
        takes_query="query" in places,
        takes_body="json" in places,
        counted="counted" in notes,
        takes_bytes="takes_bytes" in notes,
    )
    return replace(rule, produces=notes["produces"]) if "produces" in notes else rule
