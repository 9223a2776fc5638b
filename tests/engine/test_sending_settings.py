"""What is set about sending is read once, and refused in a sentence that says what to write instead."""

from __future__ import annotations

import pytest

from engine.config import Settings
from engine.errors import SetupError
from engine.sending_settings import SendingSettings

KEY = "live-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
SMTP = {"EHC_SMTP_URL": "smtp://ehc:pass%20word@mail.example.gov.uk", "EHC_MAIL_FROM": "ehc@example.gov.uk"}


def test_nothing_is_set_up_unless_it_is_named() -> None:
    assert Settings.from_environment({}).sending == SendingSettings()


def test_everything_can_be_set() -> None:
    given = SendingSettings.from_environment(
        {
            **SMTP,
            "EHC_MAIL_RETURN_PATH": "bounces@example.gov.uk",
            "EHC_NOTIFY_KEY": KEY,
            "EHC_NOTIFY_TEMPLATES": f"text={TEMPLATE}, letters=first",
            "EHC_NOTIFY_URL": "http://127.0.0.1:6011/",
            "EHC_NOTIFY_A_MINUTE": "600",
            "EHC_NOTIFY_CALLBACK_TOKEN": "t" * 40,
            "EHC_CHAT_URLS": "333=mmosts://chat.example.gov.uk/abc 334=workflows://host/a/b",
            "EHC_CHAT_HOSTS": "chat.example.gov.uk, teams.example.gov.uk:8443",
        }
    )
    assert given.smtp is not None
    assert (given.smtp.host, given.smtp.port, given.smtp.tls) == ("mail.example.gov.uk", 587, "starttls")
    assert (given.smtp.user, given.smtp.password) == ("ehc", "pass word")
    assert given.notify is not None
    assert (given.notify.url, given.notify.a_minute) == ("http://127.0.0.1:6011", 600)
    assert (given.notify.templates, given.notify.letters, given.notify.postage) == (
        {"text": TEMPLATE},
        True,
        "first",
    )
    assert given.chats["333"] == "mmosts://chat.example.gov.uk/abc"
    assert given.chat_hosts == {"chat.example.gov.uk", "teams.example.gov.uk:8443"}


def test_no_secret_is_shown() -> None:
    given = SendingSettings.from_environment(
        {
            **SMTP,
            "EHC_NOTIFY_KEY": KEY,
            "EHC_NOTIFY_TEMPLATES": "letters=second",
            "EHC_NOTIFY_CALLBACK_TOKEN": "t" * 40,
            "EHC_CHAT_URLS": "333=mmosts://chat.example.gov.uk/secret-of-a-chat",
        }
    )
    shown = repr(given)
    assert not [secret for secret in ("pass word", KEY, "t" * 40, "secret-of-a-chat") if secret in shown]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"EHC_SMTP_URL": "mail.example.gov.uk"}, "names no host"),
        ({"EHC_SMTP_URL": "http://mail.example.gov.uk"}, "smtp://user:password@host:587"),
        ({"EHC_SMTP_URL": "smtp://mail.example.gov.uk/x"}, "smtp://user:password@host:587"),
        ({"EHC_SMTP_URL": "smtp://mail.example.gov.uk:port"}, "can't be read"),
        ({"EHC_SMTP_URL": "smtp://mail.example.gov.uk?starttls=no"}, "mail travels encrypted"),
        ({"EHC_SMTP_URL": "smtp://ehc@mail.example.gov.uk"}, "user without a password"),
        ({"EHC_SMTP_URL": SMTP["EHC_SMTP_URL"]}, "needs EHC_MAIL_FROM"),
        ({"EHC_MAIL_FROM": "the team"}, "EHC_MAIL_FROM must hold a mailbox"),
        ({"EHC_MAIL_FROM": "EHC\nBcc: all@example.org <ehc@example.gov.uk>"}, "EHC_MAIL_FROM must"),
        ({"EHC_MAIL_RETURN_PATH": "nowhere"}, "EHC_MAIL_RETURN_PATH must hold a mailbox"),
        ({"EHC_NOTIFY_KEY": "secret"}, "isn't a key of GOV.UK Notify"),
        ({"EHC_NOTIFY_KEY": KEY}, "needs EHC_NOTIFY_TEMPLATES"),
        ({"EHC_NOTIFY_TEMPLATES": f"email={TEMPLATE}"}, "needs EHC_NOTIFY_KEY"),
        ({"EHC_NOTIFY_TEMPLATES": "email=nonsense"}, "template's id"),
        ({"EHC_NOTIFY_TEMPLATES": f"fax={TEMPLATE}"}, "'fax="),
        ({"EHC_NOTIFY_TEMPLATES": f"email={TEMPLATE},email={TEMPLATE}"}, "at most once"),
        ({"EHC_NOTIFY_TEMPLATES": "letters=pigeon"}, "first, second or economy"),
        (
            {"EHC_NOTIFY_KEY": KEY, "EHC_NOTIFY_TEMPLATES": "letters=first", "EHC_NOTIFY_URL": "http://x.y"},
            "EHC_NOTIFY_URL must be https://",
        ),
        (
            {"EHC_NOTIFY_KEY": KEY, "EHC_NOTIFY_TEMPLATES": "letters=first", "EHC_NOTIFY_A_MINUTE": "0"},
            "EHC_NOTIFY_A_MINUTE must be a whole number",
        ),
        (
            {**SMTP, "EHC_NOTIFY_KEY": KEY, "EHC_NOTIFY_TEMPLATES": f"email={TEMPLATE}"},
            "Email goes one way",
        ),
        ({"EHC_NOTIFY_CALLBACK_TOKEN": "short"}, "needs 32 ASCII letters"),
        ({"EHC_CHAT_URLS": "mmosts://chat.example.gov.uk/abc"}, "EHC_CHAT_URLS must be"),
        ({"EHC_CHAT_HOSTS": "https://chat.example.gov.uk"}, "EHC_CHAT_HOSTS must name hosts"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(SetupError, match=sentence) as refused:
        Settings.from_environment(given)
    assert "pass word" not in str(refused.value)
    assert KEY not in str(refused.value)
