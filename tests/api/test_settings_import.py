"""Settings are read from the national register over HTTP: looked at first, then done, and once."""

from __future__ import annotations

from pathlib import Path

from api.settings.schemas import SettingsImport
from tests.api.asking import problem
from tests.api.office import Office
from tests.api.test_contract import differences

REGISTER = Path("tests/examples/edubasealldata20261102.csv").read_bytes()
IMPORTS = "/api/v1/settings/imports"
BYTES = {"Content-Type": "application/octet-stream"}


def test_a_file_is_looked_at_first_then_read_once(office: Office) -> None:
    administrator = office.caller("administrator")
    seen = administrator.post(IMPORTS, data=REGISTER, headers=BYTES).get_json()
    assert differences(SettingsImport, seen) == {}
    assert seen["dryRun"] is True
    assert seen["added"] > 0
    assert administrator.get("/api/v1/settings").get_json()["items"] == []
    done = administrator.post(f"{IMPORTS}?dryRun=false", data=REGISTER, headers=BYTES).get_json()
    assert {**done, "dryRun": True} == seen
    assert len(administrator.get("/api/v1/settings?limit=200").get_json()["items"]) == done["added"]
    again = administrator.post(f"{IMPORTS}?dryRun=false", data=REGISTER, headers=BYTES).get_json()
    assert (again["added"], again["changed"], again["same"]) == (0, 0, done["added"])


def test_a_repeat_gets_the_first_answer(office: Office) -> None:
    headers = {**BYTES, "Idempotency-Key": "register-1"}
    first = office.caller("administrator").post(IMPORTS, data=REGISTER, headers=headers)
    again = office.caller("administrator").post(IMPORTS, data=REGISTER, headers=headers)
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_what_is_no_register_is_refused(office: Office) -> None:
    administrator = office.caller("administrator")
    said = problem(administrator.post(IMPORTS, data=b"URN,Name\r\n1,x\r\n", headers=BYTES), 422, "bad-input")
    assert "LA (code)" in said["detail"]
    json = {"Content-Type": "application/json"}
    problem(administrator.post(IMPORTS, data=b"{}", headers=json), 415, "unsupported-media-type")
    cut = {"CONTENT_LENGTH": str(len(REGISTER) + 9)}
    problem(
        administrator.post(IMPORTS, data=REGISTER, headers=BYTES, environ_overrides=cut), 422, "bad-input"
    )
    problem(office.caller("auditor").post(IMPORTS, data=REGISTER, headers=BYTES), 403, "not-permitted")
