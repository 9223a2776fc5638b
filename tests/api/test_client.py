"""The document is complete enough to generate a client from, and the client works."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.api.office import Office

PACKAGE = "generated_ehc_client"
#: What the generator doesn't know by its name is read and sent as bytes.
NAMED_OTHERWISE = dict.fromkeys(
    ("application/xml", "image/svg+xml", "application/offset+octet-stream"), "application/octet-stream"
)


@pytest.fixture(scope="module")
def folder(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A client generated from the document as it is served, by a generator that isn't ours."""
    folder = tmp_path_factory.mktemp("client")
    document, config = folder / "openapi.json", folder / "config.yaml"
    document.write_bytes(office.caller("caseworker").get("/api/v1/openapi.json").data)
    config.write_text(
        json.dumps(
            {
                "post_hooks": [],
                "package_name_override": PACKAGE,
                "project_name_override": PACKAGE,
                "content_type_overrides": NAMED_OTHERWISE,
            }
        )
    )
    made = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(document), "--config",
         str(config), "--output-path", str(folder / "made"), "--fail-on-warning", "--overwrite"],
        capture_output=True, text=True, timeout=120, check=False, cwd=folder,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    return folder / "made"


@pytest.fixture
def generated(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Imports modules of the generated client by their names below the package."""
    monkeypatch.syspath_prepend(str(folder))

    def module(name: str) -> ModuleType:
        return importlib.import_module(f"{PACKAGE}.{name}")

    yield module
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_every_operation_has_its_function(folder: Path, office: Office) -> None:
    document = office.caller("caseworker").get("/api/v1/openapi.json").get_json()
    operations = sum("operationId" in o for item in document["paths"].values() for o in item.values())
    functions = [path for path in (folder / PACKAGE / "api").rglob("*.py") if path.name != "__init__.py"]
    assert len(functions) == operations


def test_a_request_is_raised_found_claimed_and_answered_by_it(office: Office, generated: Any) -> None:
    token = office.caller("caseworker").token
    client = generated("client").AuthenticatedClient(
        base_url="http://ehc.test",
        token=token,
        raise_on_unexpected_status=True,
        httpx_args={"transport": httpx.WSGITransport(app=office.app)},
    )
    case = office.raise_request()

    page = generated("api.tasks.list_tasks").sync(client=client, case_key=case)
    (task,) = page.items
    assert task.element_id == "register_request"

    claimed = generated("api.tasks.claim_task").sync(task.key, client=client, idempotency_key="client-1")
    assert claimed.state == "ASSIGNED"

    models = generated("models")
    answers = models.CompletionAnswers.from_dict(office.example(task.key))
    complete = generated("api.tasks.complete_task")
    done = complete.sync(task.key, client=client, body=models.Completion(answers=answers))
    assert done.state == "COMPLETED"

    again = complete.sync_detailed(task.key, client=client, body=models.Completion(answers=answers))
    assert (again.status_code, again.parsed.type_) == (409, "urn:ehc:problem:task-closed")
