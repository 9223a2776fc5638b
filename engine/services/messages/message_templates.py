"""The templates of messages that stand for an authority, and what they, or others, say with sample values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from engine.definitions.checks.wordings import wordings_stand
from engine.errors import Conflict, NotFound
from engine.services.messages.rendering import as_html
from engine.services.principals import Principal
from engine.services.processes.template_origins import Origin, origins
from engine.services.processes.views_of_templates import (
    MessageTemplateDetail,
    MessageTemplateView,
    TemplateFieldView,
    TriedMessageView,
    seen,
)
from engine.spiff.findings import Finding
from engine.wording import FIELDS, SUFFIX, WordingRefused, Wordings, kind_of, sample_of

if TYPE_CHECKING:
    from engine.application import Engine

_VERSION_LENGTH = 12


def list_templates(engine: Engine, principal: Principal) -> list[MessageTemplateView]:
    """The templates of all messages, as they stand for the authority, by name."""
    principal.require("process:read")
    return templates_of(engine, principal.authority)


def templates_of(engine: Engine, authority: str) -> list[MessageTemplateView]:
    """As `list_templates`, for whoever works for the whole authority."""
    wordings, known = _standing(engine, authority)
    return [MessageTemplateView(**_columns(name, wordings, known)) for name in sorted(wordings.names())]


def get_template(engine: Engine, principal: Principal, name: str) -> MessageTemplateDetail:
    """The template of a message with its text.

    Raises:
        NotFound: no message is called so.
    """
    principal.require("process:read")
    wordings, known = _standing(engine, principal.authority)
    _require(name, wordings.names())
    return MessageTemplateDetail(**_columns(name, wordings, known), text=wordings.source(name))


def preview(engine: Engine, principal: Principal, name: str) -> TriedMessageView:
    """A message as its reader would have it, with sample values.

    Raises:
        NotFound: no message is called so.
        Conflict: the template that stands can't be written; the message says why.
    """
    principal.require("process:read")
    return preview_of(engine, principal.authority, name)


def preview_of(engine: Engine, authority: str, name: str) -> TriedMessageView:
    """As `preview`, for whoever works for the whole authority."""
    wordings, _ = _standing(engine, authority)
    _require(name, wordings.names())
    tried = trial(name, wordings.source(name))
    if not tried.acceptable:
        raise Conflict(" ".join(f"{each.message} {each.remedy}" for each in tried.findings))
    return tried


def attempt(engine: Engine, principal: Principal, name: str, text: str) -> TriedMessageView:
    """Try the text of a template before it is deployed; nothing is kept. A name of one's own: an alert."""
    principal.require("process:deploy")
    return trial(name, text)


def trial(name: str, text: str) -> TriedMessageView:
    """A message with a template of this text and sample values, or what stops it."""
    findings = list(wordings_stand({f"{name}{SUFFIX}": text.encode(errors="replace")}))
    written = None
    if not findings:
        try:
            written = Wordings({name: text}).write(name, sample_of(name))
        except WordingRefused as refused:
            findings = [
                Finding(f"{name}{SUFFIX}", "", "error", "wording-refused", str(refused), "Correct it.")
            ]
    link = sample_of(name)["link"]
    return TriedMessageView(
        acceptable=written is not None,
        findings=[seen(finding) for finding in findings],
        subject=written.subject if written else None,
        text=written.text if written else None,
        html=as_html(written.text, link) if written else None,
    )


def _standing(engine: Engine, authority: str) -> tuple[Wordings, Mapping[str, Origin]]:
    with engine.database.read() as connection:
        return engine.wordings.in_force(connection, authority), origins(connection, authority, SUFFIX)


def _require(name: str, known: Iterable[str]) -> None:
    names = sorted(known)
    if name not in names:
        near = get_close_matches(name, names, n=1)
        remedy = f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(names)}."
        raise NotFound(f"No message is called \u201c{name[:60]}\u201d. {remedy}")


def _columns(name: str, wordings: Wordings, known: Mapping[str, Origin]) -> dict[str, Any]:
    text = wordings.source(name).encode()
    origin = known.get(f"{name}{SUFFIX}", Origin())
    return {
        "name": name,
        "kind": kind_of(name),
        "version": hashlib.sha256(text).hexdigest()[:_VERSION_LENGTH],
        "origin": origin.name,
        "deployment_key": origin.deployment_key,
        "deployed_at": origin.deployed_at,
        "fields": [
            TemplateFieldView(name=field, meaning=known_field.meaning)
            for field, known_field in FIELDS[kind_of(name)].items()
        ],
        "problems": [seen(each) for each in wordings_stand({f"{name}{SUFFIX}": text})],
    }
