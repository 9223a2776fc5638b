"""`ehc serve`: the API and the scheduler in one process, until it is told to stop."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click
import waitress

from api.application import after_changes, create_app, follow_heartbeat, say_stopping
from api.frame import LARGEST_BODY, Application
from cli.opening import opened
from engine import logs
from engine.application import Engine
from engine.config import Settings
from engine.errands import Errand
from engine.errors import SetupError
from engine.scheduler import Scheduler
from engine.services.sign_in.provider_sign_in import check_providers
from insight.early.mornings import FORETELLING
from notifications.letters import MAKING
from notifications.receipts import ASKING
from notifications.sender import sending
from notifications.webhooks import SENDING

#: Seconds after which a client that sends nothing more is let go.
_PATIENCE = 30
_MOST_CONNECTIONS = 500


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8080,
    envvar="PORT",
    show_default=True,
    show_envvar=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--grace",
    type=click.FloatRange(0, 300),
    default=1.0,
    show_default=True,
    help="Seconds between SIGTERM and the end, in which /health/ready says no and work still goes on.",
)
def serve(host: str, port: int, grace: float) -> None:
    """Serve the API and run the scheduler until SIGTERM or Ctrl-C.

    What is being answered is answered, what is being swept is swept, then the process ends with 0.

    Example: ehc serve --port 8080
    """
    settings = Settings.from_environment()
    logs.configure(settings.log_form)
    with opened(settings) as engine:
        run(engine, host, port, grace=grace, announce=_announce)


def run(engine: Engine, host: str, port: int, *, grace: float = 0.0, announce: Callable[[str], None]) -> None:
    """Serve an engine from the main thread until a signal ends it.

    Args:
        grace: seconds that pass between SIGTERM and the end.
        announce: is told the address once requests are taken.

    Raises:
        SetupError: the address can't be listened on, or the providers can't be used as they are described.
    """
    app = create_app(engine)
    scheduler = Scheduler(engine, errands_of(engine))
    after_changes(app, scheduler.wake)  # a step may have set a timer that is due before the next look
    follow_heartbeat(app, scheduler.heartbeat)
    check_providers(engine)
    server = _listening(app, host, port, engine.settings)
    with _ended_by_signals(app, grace):
        scheduler.start()
        try:
            announce(_address(server))
            server.run()
        finally:
            server.close()
            scheduler.stop()


def errands_of(engine: Engine) -> tuple[Errand, ...]:
    """What a process that serves does beside the sweep."""
    letters = (MAKING,) if engine.letter_maker.maker is not None else ()
    return (SENDING, sending(engine), ASKING, FORETELLING, *letters)


def _announce(address: str) -> None:
    click.echo(f"Serving on {address} (process {os.getpid()}). Stop with Ctrl-C.")


def _listening(app: Application, host: str, port: int, settings: Settings) -> Any:
    try:
        return waitress.create_server(
            app,
            host=host,
            port=port,
            threads=2 * (os.cpu_count() or 1),
            ident=None,
            channel_timeout=_PATIENCE,
            connection_limit=_MOST_CONNECTIONS,
            # Somewhat more than the application takes, so that a body that is a little too large gets a
            # problem document, and one that is far too large isn't even written to disk.
            max_request_body_size=max(4 * LARGEST_BODY, settings.files.largest_request + LARGEST_BODY),
            **_proxied(settings.trusted_proxy),
        )
    except (OSError, ValueError) as error:
        raise SetupError(
            f"Nothing can listen on {host}, port {port}: {error}. Choose another with --host or --port."
        ) from error


def _proxied(proxy: str | None) -> dict[str, Any]:
    """Where a request comes from is what the proxy says, and what anybody else says of it is left out."""
    if proxy is None:
        return {}
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        "clear_untrusted_proxy_headers": True,
    }


@contextmanager
def _ended_by_signals(app: Application, grace: float) -> Iterator[None]:
    """SIGTERM: say that no more work should come, then end after the grace; a second one ends at once."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    def stop(number: int, frame: FrameType | None) -> None:
        say_stopping(app)
        signal.signal(signal.SIGTERM, end)
        if grace == 0:
            end(number, frame)
        signal.setitimer(signal.ITIMER_REAL, grace)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGALRM)}
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, end)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _address(server: Any) -> str:
    """Where to find a server; the first place, if its host's name stands for several."""
    listening = getattr(server, "effective_listen", None)
    host, port = listening[0] if listening else (server.effective_host, server.effective_port)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
