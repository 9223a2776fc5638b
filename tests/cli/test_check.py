"""`ehc check` warns of what is weaker than it could be, and isn't wrong."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from cli.check import check
from tests.support.postgresql import as_service


def checked(monkeypatch: pytest.MonkeyPatch, url: str) -> tuple[int, str]:
    monkeypatch.setenv("EHC_DATABASE_URL", url)
    result = CliRunner().invoke(check)
    return result.exit_code, result.stderr


def test_a_role_that_sees_every_row_is_warned_of(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, said = checked(monkeypatch, postgresql_url)
    assert (status, "row-level security doesn't apply" in said) == (0, True)
    assert checked(monkeypatch, as_service(postgresql_url)) == (0, "")
