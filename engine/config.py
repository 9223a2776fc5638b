"""What an installation can set, read once from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import SetupError
from engine.sending_settings import SendingSettings

#: The folder that holds `bpmn/`, `examples/` and, by default, `var/`.
ROOT = Path(__file__).resolve().parent.parent

_REQUESTS_A_MINUTE = 12_000
_SIGN_INS_A_MINUTE = 120
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class FileSettings:
    """Where uploaded files lie, how large they may be, and who scans them; sizes in bytes."""

    #: None: `files` beside an SQLite database, else `var/files`.
    folder: Path | None = None
    #: The largest file; those above `largest_request` are sent in parts.
    largest: int = 200 * _MEGABYTE
    #: The most that one request may carry of a file.
    largest_request: int = 10 * _MEGABYTE
    #: What all files of one case may take.
    largest_case: int = 2048 * _MEGABYTE
    #: `tcp://host:port` or `unix:/path` of a scanner that speaks ClamAV's protocol; None: there is none.
    scanner: str | None = None

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> FileSettings:
        """Read the variables of files; sizes are given in megabytes.

        Raises:
            SetupError: a size isn't a whole number of megabytes, or they contradict each other.
        """
        sizes = cls(
            folder=Path(given["EHC_FILES"]) if given.get("EHC_FILES") else None,
            largest=_bytes(given, "EHC_FILE_LARGEST", cls.largest),
            largest_request=_bytes(given, "EHC_FILE_REQUEST", cls.largest_request),
            largest_case=_bytes(given, "EHC_FILES_OF_CASE", cls.largest_case),
            scanner=given.get("EHC_SCANNER") or None,
        )
        if not sizes.largest_request <= sizes.largest <= sizes.largest_case:
            raise SetupError(
                "EHC_FILE_REQUEST may not be above EHC_FILE_LARGEST, nor that above EHC_FILES_OF_CASE."
            )
        return sizes


def _bytes(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name) or str(default // _MEGABYTE)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 1_000_000:
        raise SetupError(f"{name} must be a whole number of megabytes, for example {default // _MEGABYTE}.")
    return int(text) * _MEGABYTE


#: In per cent: it is more likely to be missed than not. It's the share that was tested on the example year.
_WARNS_AT = 50
_CODE = re.compile(r"[0-9A-Z]{3}")


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
    #: The address of the proxy in front, whose word on where a request comes from is taken; None: nobody's.
    trusted_proxy: str | None = None
    sign_ins_a_minute: int | None = None
    #: Whether webhooks may lead to this machine itself, also without TLS: for trying them out.
    webhooks_allow_loopback: bool = False
    #: What is set about uploaded files.
    files: FileSettings = field(default_factory=FileSettings)
    #: When people are told what needn't be told at once by night: London's time, on working days.
    working_hours: str = "08:00-18:00"
    #: By authority, from how many per cent likely a miss is warned of; "" stands for all others.
    warns_at: Mapping[str, int] = field(default_factory=lambda: {"": _WARNS_AT})
    #: The authority's own schedule of retention; None: the defaults that ship.
    retention: Path | None = None
    #: The Chromium that makes PDFs where WeasyPrint can't; None: one on the PATH.
    chromium: Path | None = None
    #: The ways to people.
    sending: SendingSettings = field(default_factory=SendingSettings)

    @property
    def files_folder(self) -> Path:
        """Where uploaded files lie: each database has a folder of its own."""
        if self.files.folder is not None:
            return self.files.folder
        try:
            url = make_url(self.database_url)
        except ArgumentError:
            return Path.cwd() / "var" / "files"
        if url.get_backend_name() != "sqlite" or not url.database:
            return Path.cwd() / "var" / "files"
        database = Path(url.database)
        return database.parent / ("files" if database.stem == "ehc" else f"{database.stem}-files")

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
            trusted_proxy=given.get("EHC_TRUSTED_PROXY") or None,
            requests_a_minute=_limit(given, "EHC_REQUESTS_A_MINUTE", _REQUESTS_A_MINUTE),
            sign_ins_a_minute=_limit(given, "EHC_SIGN_INS_A_MINUTE", _SIGN_INS_A_MINUTE),
            webhooks_allow_loopback=_one_of(
                "EHC_WEBHOOKS_LOOPBACK", given.get("EHC_WEBHOOKS_LOOPBACK") or "0", "0", "1"
            )
            == "1",
            files=FileSettings.from_environment(given),
            working_hours=given.get("EHC_WORKING_HOURS") or cls.working_hours,
            warns_at=_shares(given.get("EHC_WARNS_AT") or str(_WARNS_AT)),
            retention=Path(given["EHC_RETENTION"]) if given.get("EHC_RETENTION") else None,
            chromium=Path(given["EHC_CHROMIUM"]) if given.get("EHC_CHROMIUM") else None,
            sending=SendingSettings.from_environment(given),
        )

    def described(self) -> dict[str, str]:
        """The settings as they may be shown: a password in the address is hidden."""
        return {
            "database_url": self._shown_url(),
            "bpmn_folder": str(self.bpmn_folder),
            "demonstration": str(self.demonstration),
            "files": str(self.files_folder),
        }

    def _shown_url(self) -> str:
        try:
            return make_url(self.database_url).render_as_string(hide_password=True)
        except ArgumentError:
            return "not a database address"


def _shares(text: str) -> dict[str, int]:
    """A share for all authorities, and those that differ: `50,301=60`."""
    found = {"": _WARNS_AT}
    for each in text.split(","):
        code, _, share = (part.strip() for part in each.rpartition("="))
        is_number = share.isascii() and share.isdigit() and len(share) <= 3
        if not is_number or not 1 <= int(share) <= 100 or ("=" in each and not _CODE.fullmatch(code)):
            raise SetupError(
                "EHC_WARNS_AT is a whole number of per cent from 1 to 100, and for authorities that differ "
                f"their code before it, for example 50,301=60; not {text!r}."
            )
        found[code] = int(share)
    return found


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
