"""What an installation can set, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import SetupError

#: The folder that holds `bpmn/`, `examples/` and, by default, `var/`.
ROOT = Path(__file__).resolve().parent.parent

_REQUESTS_A_MINUTE = 1200
_SIGN_INS_A_MINUTE = 20


@dataclass(frozen=True)
class Settings:
    """Where the data are and what is deployed."""

    #: Address of the database: `sqlite:///path` or `postgresql://user@server/name`.
    database_url: str
    #: Folder of the diagrams, tables and forms that a new authority starts with.
    bpmn_folder: Path
    #: The demonstration authority's description.
    demonstration: Path
    #: What whoever scrapes `/metrics` must send as a bearer token; None: nobody is asked.
    metrics_token: str | None = None
    #: How lines of the log are written: `text` for people, `json` for programs.
    log_form: str = "text"

    #: Seals secrets; of several, parted by commas, the first seals and all open. None: one is made in a file.
    secret_key: str | None = field(default=None, repr=False)
    #: Where people reach this installation: scheme and host, for links and for the way back from a provider.
    public_url: str | None = None
    #: Description of the OpenID providers at which people may sign in.
    providers: Path | None = None
    #: Requests that one token may make in a minute, and sign-ins that one address may try; None: any number.
    requests_a_minute: int | None = None
    sign_ins_a_minute: int | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the variables `EHC_*`, each written in docs/operators.md; none has to be set.

        Without `EHC_METRICS_TOKEN` `/metrics` is open.

        Raises:
            SetupError: a value can't be used.
        """
        given = os.environ if environment is None else environment
        return cls(
            database_url=given.get("EHC_DATABASE_URL") or f"sqlite:///{Path.cwd() / 'var' / 'ehc.db'}",
            bpmn_folder=Path(given.get("EHC_BPMN") or ROOT / "bpmn"),
            demonstration=Path(given.get("EHC_DEMONSTRATION") or ROOT / "examples" / "authority.yaml"),
            metrics_token=given.get("EHC_METRICS_TOKEN") or None,
            log_form=_one_of("EHC_LOG", given.get("EHC_LOG") or "text", "text", "json"),
            secret_key=given.get("EHC_SECRET_KEY") or None,
            public_url=_public_url(given.get("EHC_PUBLIC_URL")),
            providers=Path(given["EHC_PROVIDERS"]) if given.get("EHC_PROVIDERS") else None,
            requests_a_minute=_limit(given, "EHC_REQUESTS_A_MINUTE", _REQUESTS_A_MINUTE),
            sign_ins_a_minute=_limit(given, "EHC_SIGN_INS_A_MINUTE", _SIGN_INS_A_MINUTE),
        )

    def described(self) -> dict[str, str]:
        """The settings as they may be shown: a password in the address is hidden."""
        return {
            "database_url": self._shown_url(),
            "bpmn_folder": str(self.bpmn_folder),
            "demonstration": str(self.demonstration),
        }

    def _shown_url(self) -> str:
        try:
            return make_url(self.database_url).render_as_string(hide_password=True)
        except ArgumentError:
            return "not a database address"


def _one_of(name: str, value: str, *allowed: str) -> str:
    if value not in allowed:
        raise SetupError(f"{name} is one of {', '.join(allowed)}, not {value!r}.")
    return value


def _limit(given: Mapping[str, str], name: str, default: int) -> int | None:
    """A number of times; 0 takes the limit away."""
    text = given.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise SetupError(f"{name} must be a whole number, 0 for no limit; it is {text[:40]!r}.")
    return int(text) or None


def _public_url(given: str | None) -> str | None:
    """Where people reach the installation. Cookies need https, but for this machine itself."""
    if not given:
        return None
    parts = urlsplit(given)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise SetupError(
            "EHC_PUBLIC_URL must be a scheme and a host, for example https://ehc.example.gov.uk."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise SetupError(
            "EHC_PUBLIC_URL must begin with https://: sessions are kept in cookies that need it."
        )
    return f"{parts.scheme}://{parts.netloc}"
