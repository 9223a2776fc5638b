"""The OpenAPI document says what is so, wholly, and in a form that programs can use."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from api.application import RESOURCES, create_app
from api.problems import PROBLEM_TYPES
from engine.services.permissions import PERMISSIONS

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    """The document as it is served; that it is made without a warning keeps the schemas' names stable."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        served = create_app(None).test_client().get("/api/v1/openapi.json").get_json()  # type: ignore[arg-type]
    return dict(served)


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        for method in {"get", "post", "put", "patch", "delete"} & set(item):
            yield method, path, item[method]


def resolved(document: Document, part: Document) -> Document:
    while "$ref" in part:
        found: Any = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def everything(part: Any) -> Iterator[Any]:
    yield part
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for value in inner:
        yield from everything(value)


def accepts(document: Document, schema: Document, value: Any) -> list[str]:
    """What a schema of the document has against a value."""
    whole = {**schema, "components": document["components"]}
    checker = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]


CALLS = {
    "POST /api/v1/requests", "GET /api/v1/tasks", "GET /api/v1/tasks/{taskKey}", "GET /api/v1/tasks/{taskKey}/form",
    "POST /api/v1/tasks/{taskKey}/claim", "POST /api/v1/tasks/{taskKey}/unclaim",
    "POST /api/v1/tasks/{taskKey}/complete", "GET /api/v1/cases", "GET /api/v1/cases/{caseKey}",
    "GET /api/v1/cases/{caseKey}/deadlines", "GET /api/v1/cases/{caseKey}/timeline",
    "POST /api/v1/cases/{caseKey}/anchors", "POST /api/v1/cases/{caseKey}/exceptions",
    "POST /api/v1/cases/{caseKey}/withdrawal", "GET /api/v1/cases/{caseKey}/family",
    "POST /api/v1/cases/{caseKey}/family", "PATCH /api/v1/cases/{caseKey}/family/{familyMemberKey}",
    "PUT /api/v1/cases/{caseKey}/capacity", "GET /api/v1/cases/{caseKey}/notices",
    "GET /api/v1/cases/{caseKey}/notices/{noticeKey}", "GET /api/v1/cases/{caseKey}/notices/{noticeKey}/content",
    "POST /api/v1/cases/{caseKey}/notices/{noticeKey}/deliveries",
    "POST /api/v1/cases/{caseKey}/notices/{noticeKey}/deliveries/{deliveryKey}",
    "GET /api/v1/contacts", "PUT /api/v1/contacts", "GET /api/v1/escalations", "GET /health/live", "GET /health/ready",
    "POST /api/v1/plans", "GET /api/v1/plans", "GET /api/v1/plans/{planKey}", "GET /api/v1/plans/{planKey}/versions",
    "GET /api/v1/plans/{planKey}/versions/{versionNumber}", "PUT /api/v1/plans/{planKey}/versions/{versionNumber}",
    "GET /api/v1/plans/{planKey}/versions/{versionNumber}/compare",
    "GET /api/v1/reviews", "GET /api/v1/reviews/{reviewKey}", "POST /api/v1/reviews/termly-lists",
    "GET /api/v1/plans/{planKey}/reviews", "POST /api/v1/plans/{planKey}/reviews",
    "GET /api/v1/plans/{planKey}/review-pairing",
    "POST /api/v1/plans/{planKey}/amendments", "POST /api/v1/plans/{planKey}/cessation",
    "PUT /api/v1/plans/{planKey}/curriculum-year", "POST /api/v1/plans/{planKey}/phase-transfers",
    "POST /api/v1/cases/{caseKey}/appeals", "POST /api/v1/cases/{caseKey}/appeals/{occurrence}/outcome",
    # documents and uploads
    "GET /api/v1/cases/{caseKey}/documents", "POST /api/v1/cases/{caseKey}/documents",
    "GET /api/v1/documents/{documentKey}", "GET /api/v1/documents/{documentKey}/content",
    "GET /api/v1/documents/{documentKey}/versions", "POST /api/v1/documents/{documentKey}/withdrawal",
    "POST /api/v1/documents/{documentKey}/audience", "POST /api/v1/cases/{caseKey}/uploads",
    "GET /api/v1/uploads/{uploadKey}", "PATCH /api/v1/uploads/{uploadKey}", "DELETE /api/v1/uploads/{uploadKey}",
    # records and children
    "GET /api/v1/deadlines/{deadlineKey}", "GET /api/v1/cases/{caseKey}/anchors",
    "GET /api/v1/cases/{caseKey}/exceptions", "GET /api/v1/cases/{caseKey}/related",
    "POST /api/v1/cases/{caseKey}/related", "DELETE /api/v1/cases/{caseKey}/related/{linkKey}",
    "POST /api/v1/children/search", "GET /api/v1/children/{childKey}", "PATCH /api/v1/children/{childKey}",
    "POST /api/v1/cases/{caseKey}/exports", "POST /api/v1/exports", "GET /api/v1/exports",
    "GET /api/v1/exports/{exportKey}", "GET /api/v1/exports/{exportKey}/content",
    "GET /api/v1/retention/rules", "GET /api/v1/retention/due", "GET /api/v1/retention/holds",
    "POST /api/v1/retention/holds", "DELETE /api/v1/retention/holds/{holdKey}",
    "POST /api/v1/cases/{caseKey}/destruction", "GET /api/v1/destructions",
    "GET /api/v1/destructions/{destructionKey}", "POST /api/v1/destructions/{destructionKey}/confirmation",
    "POST /api/v1/destructions/{destructionKey}/rejection",
    # end of documents and uploads
    "GET /api/v1/cases/{caseKey}/officer", "PUT /api/v1/cases/{caseKey}/officer", "POST /api/v1/officers/absences",
    "GET /api/v1/absences", "POST /api/v1/absences",
    "PATCH /api/v1/absences/{absenceKey}", "DELETE /api/v1/absences/{absenceKey}",
    # --- work on tasks
    "GET /api/v1/tasks/count", "POST /api/v1/tasks/{taskKey}/assign", "POST /api/v1/tasks/{taskKey}/delegate",
    "POST /api/v1/tasks/{taskKey}/resolve", "PATCH /api/v1/tasks/{taskKey}", "POST /api/v1/tasks/bulk-claim",
    "POST /api/v1/tasks/bulk-assign",
    "GET /api/v1/tasks/{taskKey}/comments", "POST /api/v1/tasks/{taskKey}/comments",
    "PATCH /api/v1/tasks/{taskKey}/comments/{commentKey}", "DELETE /api/v1/tasks/{taskKey}/comments/{commentKey}",
    "GET /api/v1/cases/{caseKey}/comments", "GET /api/v1/tasks/{taskKey}/history",
    "GET /api/v1/tasks/{taskKey}/draft", "PUT /api/v1/tasks/{taskKey}/draft", "DELETE /api/v1/tasks/{taskKey}/draft",
    "GET /api/v1/tasks/{taskKey}/attachments", "POST /api/v1/tasks/{taskKey}/attachments",
    "DELETE /api/v1/tasks/{taskKey}/attachments/{documentKey}",
    "GET /api/v1/contributions", "GET /api/v1/contributions/{contributionKey}",
    "POST /api/v1/contributions/{contributionKey}/give", "POST /api/v1/contributions/{contributionKey}/decline",
    "POST /api/v1/contributions/{contributionKey}/withdraw",
    "GET /api/v1/tasks/{taskKey}/contributions", "POST /api/v1/tasks/{taskKey}/contributions",
    "GET /api/v1/task-filters", "POST /api/v1/task-filters", "GET /api/v1/task-filters/{filterKey}",
    "PUT /api/v1/task-filters/{filterKey}", "DELETE /api/v1/task-filters/{filterKey}",
    "GET /api/v1/task-filters/{filterKey}/tasks", "GET /api/v1/task-filters/{filterKey}/count",
    # --- what is done about lateness
    "GET /api/v1/deadlines/at-risk", "GET /api/v1/escalations/figures", "GET /api/v1/escalations/{escalationKey}",
    "POST /api/v1/escalations/{escalationKey}/acknowledge", "POST /api/v1/escalations/{escalationKey}/notes",
    "POST /api/v1/escalations/{escalationKey}/answer", "POST /api/v1/escalations/{escalationKey}/hand-up",
    "POST /api/v1/escalations/{escalationKey}/resolve", "GET /api/v1/escalations/{escalationKey}/hearings",
    "GET /api/v1/cases/{caseKey}/deadlines/{rule}/ladder",
    "GET /api/v1/lateness-reasons", "PUT /api/v1/lateness-reasons",
    # --- for whoever watches the service
    "GET /metrics",
    "POST /api/v1/settings/imports",
    # --- sign-in
    "POST /api/v1/sign-in", "POST /api/v1/sign-in/code", "POST /api/v1/sign-in/second-factor",
    "POST /api/v1/sign-in/invitation", "POST /api/v1/sign-in/client", "GET /api/v1/sign-in/providers", "GET /api/v1/principal",
    "GET /api/v1/sessions", "POST /api/v1/sessions/{sessionKey}/end", "POST /api/v1/sessions/others/end",
    "POST /api/v1/sessions/current/membership", "POST /api/v1/sessions/current/end",
    "GET /api/v1/tokens", "POST /api/v1/tokens", "POST /api/v1/tokens/{tokenKey}/revoke",
    "GET /api/v1/accounts", "POST /api/v1/accounts", "POST /api/v1/accounts/{accountKey}/reset",
    "POST /api/v1/accounts/{accountKey}/close", "POST /api/v1/accounts/own/password",
    "POST /api/v1/accounts/own/recovery-codes",
    "GET /api/v1/clients", "POST /api/v1/clients", "POST /api/v1/clients/{clientKey}/revoke",
    # --- sight
    "GET /api/v1/cases/{caseKey}/consents", "POST /api/v1/cases/{caseKey}/consents",
    "POST /api/v1/cases/{caseKey}/consents/{consentKey}/withdrawal",
    "GET /api/v1/cases/{caseKey}/restriction", "PUT /api/v1/cases/{caseKey}/restriction",
    "POST /api/v1/cases/{caseKey}/restriction/lifting",
    "GET /api/v1/cases/{caseKey}/access-log", "GET /api/v1/cases/{caseKey}/access-log/readers",
    "GET /api/v1/agreements", "POST /api/v1/agreements", "PUT /api/v1/agreements/{agreementKey}/end",
    # --- process control
    "GET /api/v1/process-definitions", "GET /api/v1/process-definitions/{processDefinitionKey}",
    "GET /api/v1/process-definitions/{processDefinitionKey}/xml",
    "GET /api/v1/process-definitions/{processDefinitionKey}/statistics",
    "GET /api/v1/process-definitions/{processDefinitionKey}/picture",
    "GET /api/v1/process-instances/{processInstanceKey}/picture",
    "POST /api/v1/process-definitions/{processDefinitionKey}/suspend",
    "POST /api/v1/process-definitions/{processDefinitionKey}/resume",
    "POST /api/v1/process-instances/{processInstanceKey}/suspend",
    "POST /api/v1/process-instances/{processInstanceKey}/resume",
    "POST /api/v1/process-instances/{processInstanceKey}/cancel",
    "GET /api/v1/deployments", "POST /api/v1/deployments", "POST /api/v1/deployments/check",
    "GET /api/v1/deployments/{deploymentKey}", "GET /api/v1/deployments/{deploymentKey}/resources/{resourceName}",
    "GET /api/v1/timers", "PUT /api/v1/process-instances/{processInstanceKey}/timers/{timerToken}/due-date",
    "POST /api/v1/process-instances/{processInstanceKey}/timers/{timerToken}/recalculate",
    "GET /api/v1/messages", "POST /api/v1/messages",
    "GET /api/v1/incidents", "GET /api/v1/incidents/{incidentKey}", "POST /api/v1/incidents/retries",
    "POST /api/v1/incidents/{incidentKey}/retry", "PUT /api/v1/incidents/{incidentKey}/annotation",
    "PUT /api/v1/incidents/{incidentKey}/assignee",
    "GET /api/v1/process-instances", "GET /api/v1/process-instances/{processInstanceKey}",
    "GET /api/v1/process-instances/{processInstanceKey}/history",
    "GET /api/v1/process-instances/{processInstanceKey}/variables",
    "GET /api/v1/process-instances/{processInstanceKey}/call-hierarchy",
    # --- the calendar
    "GET /api/v1/calendar", "POST /api/v1/calendar/corrections",
    # --- settings
    "GET /api/v1/settings",
    # --- messages
    "GET /api/v1/inbox", "POST /api/v1/inbox/{inboxMessageKey}/read", "GET /api/v1/outbox",
    "GET /api/v1/outbox/{outboxMessageKey}", "POST /api/v1/outbox/{outboxMessageKey}/retry",
    "POST /api/v1/outbox/{outboxMessageKey}/hold", "POST /api/v1/outbox/{outboxMessageKey}/release",
    "GET /api/v1/channel-choices", "PUT /api/v1/channel-choices", "POST /api/v1/notify/receipts",
    "GET /api/v1/organisations/{organisationKey}/channel-choices",
    "PUT /api/v1/organisations/{organisationKey}/channel-choices",
    # --- letters on paper
    "GET /api/v1/cases/{caseKey}/notices/{noticeKey}/pdf", "GET /api/v1/print-queue",
    "GET /api/v1/print-batches", "POST /api/v1/print-batches", "GET /api/v1/print-batches/{printBatchKey}",
    "GET /api/v1/print-batches/{printBatchKey}/pdf", "POST /api/v1/print-batches/{printBatchKey}/posted",
    "POST /api/v1/print-batches/{printBatchKey}/returned",
    # --- templates of letters and messages
    "GET /api/v1/notice-templates", "GET /api/v1/notice-templates/{noticeKind}",
    "GET /api/v1/notice-templates/{noticeKind}/preview", "POST /api/v1/notice-templates/check",
    "GET /api/v1/notice-templates/{noticeKind}/preview/pdf", "GET /api/v1/message-templates",
    "GET /api/v1/message-templates/{wording}", "GET /api/v1/message-templates/{wording}/preview",
    "POST /api/v1/message-templates/check",
    # --- webhooks
    "GET /api/v1/webhooks", "POST /api/v1/webhooks", "GET /api/v1/webhooks/{webhookKey}",
    "PATCH /api/v1/webhooks/{webhookKey}", "POST /api/v1/webhooks/{webhookKey}/rotate-secret",
    "POST /api/v1/webhooks/{webhookKey}/ping", "GET /api/v1/webhooks/{webhookKey}/deliveries",
    "POST /api/v1/webhooks/{webhookKey}/replay",
    # --- the audit trail
    "GET /api/v1/audit-events", "GET /api/v1/audit-events/of-authority", "POST /api/v1/audit-events/verify",
    # --- organisations and their members
    "GET /api/v1/organisations", "POST /api/v1/organisations", "GET /api/v1/organisations/{organisationKey}",
    "PATCH /api/v1/organisations/{organisationKey}", "POST /api/v1/organisations/{organisationKey}/end",
    "GET /api/v1/people", "GET /api/v1/people/{personKey}", "PATCH /api/v1/people/{personKey}",
    "GET /api/v1/memberships", "POST /api/v1/memberships", "GET /api/v1/memberships/{membershipKey}",
    "PATCH /api/v1/memberships/{membershipKey}", "POST /api/v1/memberships/{membershipKey}/end",
    # --- moving running cases
    "POST /api/v1/process-instances/{processInstanceKey}/modification",
    "POST /api/v1/migrations/generate", "POST /api/v1/migrations/validate", "POST /api/v1/migrations/dry-run",
    "POST /api/v1/migrations/execute", "POST /api/v1/batches", "GET /api/v1/batches",
    "GET /api/v1/batches/{batchKey}", "GET /api/v1/batches/{batchKey}/items",
    "POST /api/v1/batches/{batchKey}/pause", "POST /api/v1/batches/{batchKey}/resume",
    "POST /api/v1/batches/{batchKey}/cancel", "POST /api/v1/imports", "GET /api/v1/imports",
}  # fmt: skip


def test_the_calls_that_are_offered(document: Document) -> None:
    described = {f"{method.upper()} {path}" for method, path, _ in operations(document)}
    assert described == CALLS


def test_every_operation_has_a_name_of_its_own_a_permission_and_its_problems(document: Document) -> None:
    held = set().union(*PERMISSIONS.values())
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    for method, path, operation in operations(document):
        assert operation["summary"], path
        assert operation["x-permission"] in held | {"public"}, path
        assert (operation["x-permission"] == "public") == (operation.get("security") == []), path
        assert set(operation["x-problems"]) <= set(PROBLEM_TYPES), path
        statuses = {str(PROBLEM_TYPES[name].status.value) for name in operation["x-problems"]}
        answered = set(operation["responses"])
        assert statuses <= answered
        assert {status for status in answered if status >= "400"} == statuses, f"{method} {path}"
        assert "default" not in answered


def test_what_needs_a_token_says_what_a_stranger_gets(document: Document) -> None:
    for _, path, operation in operations(document):
        guarded = operation["x-permission"] != "public"
        assert ("not-permitted" in operation["x-problems"]) == guarded, path
        assert not guarded or {"401", "403", "429"} <= set(operation["responses"]), path
        names_it_in_its_body = path == "/api/v1/notify/receipts"
        assert ("404" in operation["responses"]) == ("{" in path or names_it_in_its_body), path
    challenge = document["components"]["responses"]["UNAUTHORIZED"]["headers"]["WWW-Authenticate"]
    assert resolved(document, challenge)["required"] is True


def test_everything_that_changes_can_be_repeated(document: Document) -> None:
    for method, path, operation in operations(document):
        taken = {resolved(document, parameter)["name"] for parameter in operation["parameters"]}
        guarded = operation["x-permission"] != "public"  # nothing is kept for strangers who sign in
        assert ("Idempotency-Key" in taken) == (method == "post" and guarded), path
        if method in ("post", "get") or "{" not in path:  # whole things that are set may honour it
            assert ("If-Match" in taken) == (method == "post" and "{" in path), path
        assert ("412" in operation["responses"]) == bool({"If-Match", "Tus-Resumable"} & taken), path


def test_header_parameters_are_never_required(document: Document) -> None:
    for _, _, operation in operations(document):
        for parameter in (resolved(document, found) for found in operation["parameters"]):
            needed = parameter["in"] == "query" or parameter["name"] in OF_FILES
            assert needed or not parameter.get("required"), parameter["name"]


#: Without these what is sent can't be proved whole, or isn't known by any name.
OF_FILES = {"Repr-Digest", "Content-Disposition", "Upload-Length", "Upload-Metadata", "Upload-Offset"}


#: Path parameters of process control.
CONTROLLED = {"batchKey", "processDefinitionKey", "processInstanceKey", "deploymentKey", "resourceName"}
CONTROLLED |= {"incidentKey", "timerToken"}
#: Path parameters of administration.
ADMINISTERED = {
    "organisationKey",
    "personKey",
    "membershipKey",
    "webhookKey",
    "outboxMessageKey",
    "inboxMessageKey",
    "printBatchKey",
    "noticeKind",
    "wording",
}


def test_path_parameters_are_named_by_their_resource(document: Document) -> None:
    for path, item in document["paths"].items():
        named = {resolved(document, parameter)["name"] for parameter in item.get("parameters", ())}
        named |= {
            resolved(document, parameter)["name"]
            for _, own, operation in operations(document)
            if own == path
            for parameter in operation["parameters"]
            if resolved(document, parameter)["in"] == "path"
        }
        assert named == set(re.findall(r"{(\w+)}", path)), path
        things = {"taskKey", "caseKey", "familyMemberKey", "noticeKey", "deliveryKey"}
        things |= {"sessionKey", "tokenKey", "absenceKey", "accountKey", "clientKey"}
        things |= {"documentKey", "uploadKey"} | ADMINISTERED
        things |= {"consentKey", "agreementKey"}
        things |= {"escalationKey", "rule", "commentKey", "filterKey", "contributionKey"}
        things |= {"deadlineKey", "linkKey", "childKey", "exportKey", "holdKey", "destructionKey"}
        assert named <= things | {"planKey", "versionNumber", "reviewKey", "occurrence"} | CONTROLLED


def test_every_example_fits_its_schema(document: Document) -> None:
    checked = 0
    for found in everything(document):
        if isinstance(found, dict) and "schema" in found and isinstance(found["schema"], dict):
            examples = [found["example"]] if "example" in found else []
            examples += [example["value"] for example in found.get("examples", {}).values()]
            for example in examples:
                assert accepts(document, found["schema"], example) == []
                checked += 1
        if isinstance(found, dict) and isinstance(found.get("examples"), list) and "type" in found:
            for example in found["examples"]:
                assert accepts(document, found, example) == []
                checked += 1
    assert checked > 40


def test_a_wrong_example_would_be_noticed(document: Document) -> None:
    schema = {"$ref": "#/components/schemas/NewRequest"}
    assert accepts(document, schema, {"child": {}, "receivedOn": 5}) != []


def test_every_operation_shows_what_it_takes_and_answers(document: Document) -> None:
    for _, path, operation in operations(document):
        success = next(status for status in operation["responses"] if status < "400")
        answered = operation["responses"][success].get("content", {}).values()
        assert [content["example"] for content in answered] or success == "204", path
        assert "X-Request-Id" in operation["responses"][success]["headers"]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert content["example"], path


def test_requests_are_closed_and_answers_open(document: Document) -> None:
    taken = set()
    for _, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            taken |= set(_named(document, content["schema"]))
    taken.remove("NotifyReceipt")  # words of somebody else's, who may add to them
    for name, schema in document["components"]["schemas"].items():
        assert (schema.get("additionalProperties") is False) == (name in taken), name
        for field, inner in schema["properties"].items():
            assert name == "NotifyReceipt" or re.fullmatch("[a-z][A-Za-z]*", field), f"{name}.{field}"
            assert inner, f"{name}.{field} may be anything"


def _named(document: Document, schema: Document) -> Iterator[str]:
    for found in everything(schema):
        if isinstance(found, dict) and "$ref" in found:
            yield found["$ref"].rsplit("/", 1)[1]
            yield from _named(document, resolved(document, found))


def test_every_text_and_number_that_is_taken_is_bounded(document: Document) -> None:
    for _, path, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for name in _named(document, content["schema"]):
                for field, schema in document["components"]["schemas"][name]["properties"].items():
                    assert _bounded(schema), f"{path}: {name}.{field}"
        for parameter in (resolved(document, found) for found in operation["parameters"]):
            assert _bounded(parameter["schema"]), f"{path}: {parameter['name']}"


def _bounded(schema: Document) -> bool:
    kind = schema.get("type", "object")
    kinds = {kind} if isinstance(kind, str) else set(kind)
    if "string" in kinds:
        return bool({"maxLength", "enum", "format", "pattern"} & set(schema))
    return "integer" not in kinds or {"minimum", "maximum"} <= set(schema)


def test_patterns_mean_the_same_in_javascript(document: Document) -> None:
    patterns = [
        found["pattern"] for found in everything(document) if isinstance(found, dict) and "pattern" in found
    ]
    assert patterns
    for pattern in patterns:
        assert not re.search(r"\\[AZz]|\(\?[^:=!]|\\[dwb]", str(pattern)), pattern


def test_references_lead_somewhere_and_nothing_lies_about(document: Document) -> None:
    used = {found["$ref"] for found in everything(document) if isinstance(found, dict) and "$ref" in found}
    for reference in used:
        assert resolved(document, {"$ref": reference})
    for group, components in document["components"].items():
        if group != "securitySchemes":
            assert {f"#/components/{group}/{name}" for name in components} <= used


def test_the_document_is_the_latest_kind_and_says_who_may_use_it(document: Document) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["info"]["license"]["identifier"] == "Apache-2.0"
    assert document["security"] == [{"token": []}, {"cookie": []}]
    assert {tag["name"] for tag in document["tags"]} == {resource.name for resource in RESOURCES}
