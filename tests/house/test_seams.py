"""What is foreign is known in one room each: SpiffWorkflow in the adapter, SQLAlchemy in store and services."""

from __future__ import annotations

import pytest

from tests.support.sources import modules

SEAMS = {
    "SpiffWorkflow": ("engine.spiff",),
    "sqlalchemy": ("engine.store", "engine.services", "engine.application", "engine.config", "insight"),
    "alembic": ("engine.store",),
    "psycopg": ("engine.store",),
    "apscheduler": ("engine.scheduler",),
    "flask": ("api", "web", "cli.serve"),
    "flask_smorest": ("api", "web"),
    "marshmallow": ("api", "web"),
    "waitress": ("cli", "api"),
    "click": ("cli",),
    "argon2": ("engine.services.sign_in.passwords",),
    "cryptography": ("engine.services.sign_in.vault",),
    "pyotp": ("engine.services.sign_in.second_factors",),
    "authlib": ("engine.services.sign_in.provider_talk",),
    "joserfc": ("engine.services.sign_in.provider_talk",),
    "requests": ("engine.services.sign_in.provider_talk",),
    "notifications_python_client": ("notifications.channels.notify_client",),
    "apprise": ("engine.services.messages.chat_addresses",),
    "smtplib": ("notifications.channels.email",),
    "segno": ("engine.services.sign_in.second_factors",),
}


@pytest.mark.parametrize("library", SEAMS)
def test_a_library_is_known_only_where_it_belongs(library):
    knowing = {
        module.name for module in modules() for name in module.imports if name.split(".")[0] == library
    }
    rooms = SEAMS[library]
    assert {name for name in knowing if not name.startswith(rooms)} == set()


def test_the_adapter_does_import_the_library():
    assert any("SpiffWorkflow" in name for module in modules("engine") for name in module.imports)


def test_the_configuration_only_reads_addresses():
    taken = {name for module in modules() if module.name == "engine.config" for name in module.imports}
    assert {name for name in taken if name.startswith("sqlalchemy")} <= {
        "sqlalchemy.make_url",
        "sqlalchemy.exc.ArgumentError",
    }
