"""What surrounds a request: the engine that answers, who asks, and the request's own name."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app, g
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from engine.application import Engine
    from engine.services.principals import Principal
    from engine.services.sign_in.rate_limits import Allowance

_EXTENSION = "ehc"

#: The permission of an operation that anybody may use.
PUBLIC = "public"
#: The cookie that holds a browser's session. Browsers take this name only with Secure, Path=/ and no domain.
SESSION_COOKIE = "__Host-ehc"


@dataclass(frozen=True)
class OperationRule:
    """What the gate must know of an operation before it runs."""

    permission: str
    takes_query: bool = False
    takes_body: bool = False
    #: None: whatever was stored.
    produces: str | None = "application/json"
    #: Whether the body is bytes of a file, which nobody but the view reads.
    takes_bytes: bool = False
    #: Whether an address may try it only so often: what strangers use to get in.
    counted: bool = False


@dataclass
class Installation:
    """One engine behind one application. `rules` are filled as operations are registered."""

    engine: Engine
    authenticate: Callable[[str], Principal | None]
    #: Counts a request: by the limit's name and whose it is.
    take: Callable[[str, str], Allowance | None] = lambda policy, subject: None
    rules: dict[str, OperationRule] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    #: When the scheduler of this process last looked for what is due; None where it runs elsewhere.
    heartbeat: Callable[[], datetime] | None = None
    #: What a scrape asks the database; made once, so that scrapes share what was last counted.
    collector: Collector | None = None


def install(app: Flask, installation: Installation) -> None:
    """Make an installation known to an application."""
    app.extensions[_EXTENSION] = installation


def installation() -> Installation:
    """The installation of the application that handles this request."""
    return cast("Installation", current_app.extensions[_EXTENSION])


def current_engine() -> Engine:
    """The engine that answers this request."""
    return installation().engine


def current_principal() -> Principal:
    """Who sends this request. Only operations with a permission have one."""
    return cast("Principal", g.principal)


def request_id() -> str:
    """The name of this request in answers and logs."""
    return cast("str", g.get("request_id", "-"))
