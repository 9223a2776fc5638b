"""Every operation of the document, sent what its schema allows and what it forbids, by every role: nothing fails
in a way that isn't documented.

`EHC_FUZZ_EXAMPLES` says how many requests are made up for an operation (`make fuzz`: many).
"""

from __future__ import annotations

import os
import warnings
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.application import create_app
from api.openapi import documented
from engine.services.permissions import PERMISSIONS, ROLES
from tests.api import things
from tests.api.asking import Caller
from tests.api.office import Office
from tests.api.test_access import home
from tests.api.things import Place

EXAMPLES = int(os.environ.get("EHC_FUZZ_EXAMPLES", "2"))
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
)
DOCUMENT = documented(create_app(None))  # type: ignore[arg-type]
OPERATIONS = sorted(
    (path, method.upper())
    for path, item in DOCUMENT["paths"].items()
    for method in item
    if method in ("get", "post", "put", "patch", "delete")
)


@schemathesis.serializer("application/offset+octet-stream")
def _as_it_is(_context: Any, value: Any) -> bytes:
    """A part of a file is sent as the bytes that were made up for it."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="module")
def askers(office: Office) -> dict[str, Caller]:
    return {role: office.as_member(*home(role)) for role in ROLES}


@pytest.fixture(scope="module")
def schema(office: Office) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", office.app)


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda part: part.strip("/"))
def test_nothing_made_up_fails_in_a_way_that_isnt_documented(
    office: Office, askers: dict[str, Caller], schema: Any, path: str, method: str
) -> None:
    operation = schema[path][method]
    place = Place.of(office, "ours")
    held = [role for role in ROLES if operation.definition.raw["x-permission"] in PERMISSIONS[role]]
    barred = [role for role in ROLES if role not in held]
    made_up = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(made_up, st.sampled_from(held or ROLES), st.sampled_from(barred or ROLES), st.booleans())
    def holds(case: Any, may: str, may_not: str, somewhere: bool) -> None:
        keys = things.keys(path, place, home(may)) if somewhere else {}
        for role in (may, may_not):
            case.path_parameters = keys or case.path_parameters
            with office.in_vain():
                case.call_and_validate(
                    checks=CHECKS, headers={"Authorization": f"Bearer {askers[role].token}"}
                )

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        holds()
