"""Pages for people: `/` says what this is, `/api/v1/docs` describes every operation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Blueprint, Flask, Response, render_template

from api.blueprint import API_ROOT
from api.context import PUBLIC, Installation, OperationRule
from api.docs.prose import inline, paragraphs
from api.docs.reference import sections
from api.problems import PROBLEM_TYPES

_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; " + (
    "frame-ancestors 'none'"
)
_ADDRESSES = {"root": API_ROOT, "docs": f"{API_ROOT}/docs", "document": f"{API_ROOT}/openapi.json"}


def publish_pages(app: Flask, document: Callable[[], dict[str, Any]]) -> None:
    """Add the pages to an application; `document` gives its OpenAPI document."""
    pages = Blueprint("pages", __name__, template_folder="templates")
    pages.add_url_rule("/", view_func=home)
    pages.add_url_rule(f"{API_ROOT}/docs", view_func=_reference(document), endpoint="reference")
    pages.add_url_rule(f"{API_ROOT}/docs.css", view_func=stylesheet)
    pages.add_app_template_filter(inline)
    pages.add_app_template_filter(paragraphs)
    app.register_blueprint(pages)
    installation: Installation = app.extensions["ehc"]
    for endpoint, produces in (("home", "text/html"), ("reference", "text/html"), ("stylesheet", "text/css")):
        installation.rules[f"pages.{endpoint}"] = OperationRule(PUBLIC, produces=produces)


def home() -> Response:
    """What this is, in plain words, and where to look."""
    return _page(render_template("home.html", **_ADDRESSES))


def stylesheet() -> Response:
    """The pages' one stylesheet."""
    return Response(_css(), mimetype="text/css")


def _reference(document: Callable[[], dict[str, Any]]) -> Callable[[], Response]:
    @cache
    def written() -> str:
        described = document()
        return render_template(
            "reference.html",
            info=described["info"],
            sections=sections(described),
            problems=PROBLEM_TYPES.values(),
            **_ADDRESSES,
        )

    return lambda: _page(written())


def _page(html: str) -> Response:
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@cache
def _css() -> str:
    return files("api.docs").joinpath("pages.css").read_text(encoding="utf-8")
