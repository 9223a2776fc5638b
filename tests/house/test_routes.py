"""Every route names the permission that guards it, and nobody gets in without a token."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from werkzeug.routing import Rule

from api.application import create_app
from engine.application import Engine
from engine.config import Settings
from engine.services.permissions import PERMISSIONS
from tests.support.sources import modules

#: What anybody may ask: how the service is, how its interface is described, and to be let in.
OPEN = re.compile(
    r"/|/metrics|/health/(live|ready)|/api/v1/(openapi\.json|docs(\.css)?|sign-in(/[a-z-]+)?)"
    r"|/oauth/token|/sign-in/<string:provider_name>(/return|/ended)?"
)
#: What one caller asks with a token of its own, which the installation names.
OWN_TOKEN = re.compile(r"/api/v1/notify/receipts")
KEBAB = re.compile(r"/|(/(v1|[a-z]+(-[a-z]+)*(\.[a-z]+)*|<[a-z]+:[a-z_]+>))+")
KNOWN = frozenset(name for held in PERMISSIONS.values() for name in held)


@pytest.fixture(scope="module")
def app(databases):
    with databases.migrated("sqlite") as url:
        engine = Engine.open(replace(Settings.from_environment({}), database_url=url))
        yield create_app(engine)
        engine.close()


@pytest.fixture(scope="module")
def routes(app) -> list[tuple[str, Rule]]:
    rules = list(app.url_map.iter_rules())
    assert len(rules) > 10
    return [(method, rule) for rule in rules for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]


@pytest.fixture(scope="module")
def described(app) -> dict[tuple[str, str], dict]:
    paths = app.test_client().get("/api/v1/openapi.json").json["paths"]
    return {(method.upper(), path): item[method] for path, item in paths.items() for method in item}


def test_every_route_is_described_with_its_permission(routes, described):
    for method, rule in routes:
        if not OPEN.fullmatch(rule.rule) and not OWN_TOKEN.fullmatch(rule.rule):
            permission = described[method, as_documented(rule.rule)]["x-permission"]
            assert permission in KNOWN, f"{method} {rule.rule} needs {permission}, which no role holds"


def as_documented(address: str) -> str:
    """An address as the document writes it: `/tasks/<key:task_key>` is `/tasks/{taskKey}`."""
    parameter = re.sub(r"<\w+:(\w+)>", r"{\1}", address)
    return re.sub(r"_(\w)", lambda part: part[1].upper(), parameter)


def test_every_permission_guards_something():
    code = " ".join(module.text for module in modules() if module.name != "engine.services.permissions")
    assert {name for name in KNOWN if f'"{name}"' not in code} == set()


def test_nobody_gets_in_without_a_token(app, routes):
    client = app.test_client()
    for method, rule in routes:
        status = client.open(re.sub(r"<\w+:\w+>", "1", rule.rule), method=method).status_code
        assert (status != 401) == bool(OPEN.fullmatch(rule.rule)), f"{method} {rule.rule} answered {status}"


def test_addresses_are_in_kebab_case_with_typed_parts(routes):
    assert [rule.rule for _, rule in routes if not KEBAB.fullmatch(rule.rule)] == []
