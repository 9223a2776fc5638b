"""What an installation sets about the ways to people: mail servers, GOV.UK Notify, chats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

from engine.errors import SetupError

NOTIFY = "https://api.notifications.service.gov.uk"
_LOCAL = ("localhost", "127.0.0.1", "::1")
_MAILBOX = re.compile(r"[!#-'*+/-9=?A-Z^-~-]+(\.[!#-'*+/-9=?A-Z^-~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_NOTIFY_KEY = re.compile(r"\S+-[0-9a-f-]{36}-[0-9a-f-]{36}")
_AUTHORITY = re.compile(r"[0-9]{3}")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?")
_SHORTEST_TOKEN = 32
_LONGEST_MAILBOX = 80
_MOST_A_MINUTE = 3_000


@dataclass(frozen=True)
class SmtpSettings:
    """The server that takes mail, and how it is spoken to."""

    host: str
    port: int
    #: `implicit` from the first byte, `starttls` before anything is said, or `none`, to this machine alone.
    tls: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class NotifySettings:
    """An account with GOV.UK Notify."""

    key: str = field(repr=False)
    url: str = NOTIFY
    #: `email` and `text` -> the id of the template that carries any message: `((subject))`, `((body))`.
    templates: Mapping[str, str] = field(default_factory=dict)
    #: Whether letters are given to it.
    letters: bool = False
    #: `first`, `second` or `economy`.
    postage: str = "second"
    #: Messages that this process hands over in any minute.
    a_minute: int = _MOST_A_MINUTE


@dataclass(frozen=True)
class SendingSettings:
    """The ways to people that are set up; a way that isn't is closed."""

    smtp: SmtpSettings | None = None
    #: The header `From`: a mailbox, or a name and a mailbox.
    mail_from: str | None = None
    #: The mailbox to which servers return what they can't deliver; None: that of `mail_from`.
    return_path: str | None = None
    notify: NotifySettings | None = None
    #: What Notify must send with a receipt.
    callback_token: str | None = field(default=None, repr=False)
    #: Code of an authority -> the chat for those of its members who name none of their own.
    chats: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: Hosts, besides the known services', on which a chat may lie.
    chat_hosts: frozenset[str] = frozenset()

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> SendingSettings:
        """Read the variables of sending.

        Raises:
            SetupError: a value can't be used, or two contradict each other.
        """
        settings = cls(
            smtp=_smtp(given.get("EHC_SMTP_URL")),
            mail_from=_sender(given.get("EHC_MAIL_FROM")),
            return_path=_mailbox("EHC_MAIL_RETURN_PATH", given.get("EHC_MAIL_RETURN_PATH")),
            notify=_notify(given),
            callback_token=_token(given.get("EHC_NOTIFY_CALLBACK_TOKEN")),
            chats=_chats(given.get("EHC_CHAT_URLS")),
            chat_hosts=_hosts(given.get("EHC_CHAT_HOSTS")),
        )
        if settings.smtp is not None and settings.mail_from is None:
            raise SetupError("EHC_SMTP_URL needs EHC_MAIL_FROM beside it: the mailbox that mail comes from.")
        if settings.smtp is not None and settings.notify is not None and "email" in settings.notify.templates:
            raise SetupError(
                "Email goes one way: take email= out of EHC_NOTIFY_TEMPLATES, or EHC_SMTP_URL away."
            )
        return settings


def is_mailbox(text: str) -> bool:
    """Whether a text is a plain address of email: `name@host`, in ASCII, without a display name."""
    return _MAILBOX.fullmatch(text) is not None


def _smtp(given: str | None) -> SmtpSettings | None:
    if not given:
        return None
    parts = _split("EHC_SMTP_URL", given)
    plain = parts.query == "starttls=no"
    if parts.scheme not in ("smtp", "smtps") or parts.path not in ("", "/") or (parts.query and not plain):
        raise SetupError(
            "EHC_SMTP_URL must be smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465."
        )
    if plain and parts.hostname not in _LOCAL:
        raise SetupError("EHC_SMTP_URL: starttls=no is for a server on this machine; mail travels encrypted.")
    if parts.username and not parts.password:
        raise SetupError("EHC_SMTP_URL names a user without a password.")
    implicit = parts.scheme == "smtps"
    return SmtpSettings(
        host=parts.hostname or "",
        port=parts.port or (465 if implicit else 587),
        tls="implicit" if implicit else "none" if plain else "starttls",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _split(name: str, given: str) -> SplitResult:
    """The parts of an address. It may hold a password, so it isn't repeated."""
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        raise SetupError(f"{name} can't be read as an address.") from None
    if not parts.hostname or port == 0:
        raise SetupError(f"{name} names no host.")
    return parts


def _sender(given: str | None) -> str | None:
    if not given:
        return None
    _, mailbox = parseaddr(given)
    _mailbox("EHC_MAIL_FROM", mailbox or given)
    if "\n" in given or "\r" in given:
        raise SetupError("EHC_MAIL_FROM must be a single line.")
    return given


def _mailbox(name: str, given: str | None) -> str | None:
    if not given:
        return None
    if not is_mailbox(given) or len(given) > _LONGEST_MAILBOX:
        raise SetupError(
            f"{name} must hold a mailbox of at most {_LONGEST_MAILBOX} letters, for example"
            " ehc@example.gov.uk."
        )
    return given


def _notify(given: Mapping[str, str]) -> NotifySettings | None:
    key = given.get("EHC_NOTIFY_KEY")
    ways = _ways(given.get("EHC_NOTIFY_TEMPLATES"))
    if not key:
        if ways:
            raise SetupError("EHC_NOTIFY_TEMPLATES needs EHC_NOTIFY_KEY beside it.")
        return None
    if not _NOTIFY_KEY.fullmatch(key):
        raise SetupError(
            "EHC_NOTIFY_KEY isn't a key of GOV.UK Notify: a name, the service's id and a secret, joined by"
            " hyphens. Make one on Notify's page API integration."
        )
    if not ways:
        raise SetupError(
            "EHC_NOTIFY_KEY needs EHC_NOTIFY_TEMPLATES beside it: email=ID,text=ID,letters=second."
        )
    return NotifySettings(
        key=key,
        url=_notify_url(given.get("EHC_NOTIFY_URL")),
        templates={way: value for way, value in ways.items() if way != "letters"},
        letters="letters" in ways,
        postage=ways.get("letters", "second"),
        a_minute=_a_minute(given.get("EHC_NOTIFY_A_MINUTE")),
    )


def _ways(given: str | None) -> dict[str, str]:
    """`email=ID,text=ID,letters=second` -> each way and its template; for letters, its postage."""
    ways = {}
    for pair in filter(None, (each.strip() for each in (given or "").split(","))):
        way, _, value = pair.partition("=")
        if not _is_way(way, value) or way in ways:
            raise SetupError(
                f"EHC_NOTIFY_TEMPLATES: {pair[:60]!r} isn't email= or text= with a template's id, or letters="
                " with first, second or economy; each at most once, parted by commas."
            )
        ways[way] = value
    return ways


def _is_way(way: str, value: str) -> bool:
    if way == "letters":
        return value in ("first", "second", "economy")
    try:
        return way in ("email", "text") and str(UUID(value)) == value.lower()
    except ValueError:
        return False


def _notify_url(given: str | None) -> str:
    if not given:
        return NOTIFY
    parts = _split("EHC_NOTIFY_URL", given)
    local = parts.scheme == "http" and parts.hostname in _LOCAL
    if (parts.scheme != "https" and not local) or parts.path not in ("", "/") or parts.query:
        raise SetupError(f"EHC_NOTIFY_URL must be https:// and a host; without it, it is {NOTIFY}.")
    return f"{parts.scheme}://{parts.netloc}"


def _a_minute(given: str | None) -> int:
    text = given or str(_MOST_A_MINUTE)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1_000_000:
        raise SetupError(f"EHC_NOTIFY_A_MINUTE must be a whole number, for example {_MOST_A_MINUTE}.")
    return int(text)


def _token(given: str | None) -> str | None:
    if not given:
        return None
    if len(given) < _SHORTEST_TOKEN or not given.isascii() or " " in given:
        raise SetupError(
            f"EHC_NOTIFY_CALLBACK_TOKEN needs {_SHORTEST_TOKEN} ASCII letters or more, without blanks."
            " Make one with: openssl rand -base64 32"
        )
    return given


def _chats(given: str | None) -> dict[str, str]:
    """`333=workflows://… 334=…` -> the address of each authority's chat."""
    chats = {}
    for pair in (given or "").split():
        authority, _, address = pair.partition("=")
        if not _AUTHORITY.fullmatch(authority) or "://" not in address or authority in chats:
            raise SetupError(
                "EHC_CHAT_URLS must be an authority's code, = and the address of a chat, for each authority"
                " once, parted by blanks: 333=https://...logic.azure.com/workflows/..."
            )
        chats[authority] = address
    return chats


def _hosts(given: str | None) -> frozenset[str]:
    hosts = frozenset((given or "").lower().replace(",", " ").split())
    wrong = sorted(host for host in hosts if not _HOST.fullmatch(host))
    if wrong:
        raise SetupError(f"EHC_CHAT_HOSTS must name hosts, parted by commas; {wrong[0][:60]!r} isn't one.")
    return hosts
