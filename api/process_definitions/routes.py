"""`/process-definitions`: versions, their diagrams and files, and how they stand."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.process_definitions.schemas import (
    DEFINITION_DETAIL,
    DEFINITION_PAGE,
    DIAGRAM,
    MANY_DONE,
    PICTURE,
    STATISTICS,
    DefinitionDetail,
    DefinitionPage,
    DefinitionQuery,
    DefinitionStatistics,
    ManyDone,
    PictureQuery,
)
from api.process_instances.schemas import REASON, Reason
from api.repeats import repeatable
from engine.services.processes import process_control_many, process_pictures, process_statistics
from engine.services.processes import process_definitions as service

process_definitions = Blueprint(
    "process-definitions",
    f"{API_ROOT}/process-definitions",
    "Versions of processes: their diagrams, files and figures.",
)


@process_definitions.get("")
@permission("process:read")
@process_definitions.filters(DefinitionQuery)
@process_definitions.answers(200, DefinitionPage, DEFINITION_PAGE)
def list_process_definitions(query: dict[str, Any]) -> Response:
    """List process definitions.

    Every version that was ever deployed, by process, the newest first.
    """
    return answer(service.list_definitions(current_engine(), current_principal(), **query))


@process_definitions.get("/<key:process_definition_key>")
@permission("process:read")
@problems("not-found")
@process_definitions.answers(200, DefinitionDetail, DEFINITION_DETAIL)
def get_process_definition(process_definition_key: str) -> Response:
    """Read a process definition, with the forms and decisions that it uses."""
    return answer(service.get_definition(current_engine(), current_principal(), process_definition_key))


@process_definitions.get("/<key:process_definition_key>/xml")
@permission("process:read")
@problems("not-found")
@process_definitions.answers_text(DIAGRAM, "application/xml")
def get_process_definition_xml(process_definition_key: str) -> Response:
    """Read the diagram of a process definition, byte for byte as it was deployed."""
    name, content = service.definition_xml(current_engine(), current_principal(), process_definition_key)
    return Response(
        content,
        mimetype="application/xml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@process_definitions.get("/<key:process_definition_key>/picture")
@permission("process:read")
@problems("not-found")
@process_definitions.filters(PictureQuery)
@process_definitions.answers_text(PICTURE, "image/svg+xml")
def get_process_definition_picture(query: dict[str, Any], process_definition_key: str) -> Response:
    """Read the picture of a process definition.

    SVG that stands by itself, each element named in words; with `tokens=true` also how each stands now.
    """
    drawn = process_pictures.definition_picture(
        current_engine(), current_principal(), process_definition_key, tokens=query["tokens"]
    )
    return Response(drawn, mimetype="image/svg+xml")


@process_definitions.get("/<key:process_definition_key>/statistics")
@permission("process:read")
@problems("not-found")
@process_definitions.answers(200, DefinitionStatistics, STATISTICS)
def get_process_definition_statistics(process_definition_key: str) -> Response:
    """Read how a process definition stands.

    Open tokens, incidents and lateness by element, over all running instances. Of a process that others call,
    its runs inside them.
    """
    return answer(
        process_statistics.definition_statistics(
            current_engine(), current_principal(), process_definition_key
        )
    )


@process_definitions.post("/<key:process_definition_key>/suspend")
@permission("process:change")
@repeatable
@conditional
@problems("not-found")
@process_definitions.takes(Reason, REASON)
@process_definitions.answers(200, ManyDone, MANY_DONE)
def suspend_process_definition(
    body: dict[str, Any], process_definition_key: str, version: int | None
) -> Response:
    """Suspend the running instances of a process definition.

    At most 500 a request: send it again while any are `left`. New instances begin as ever.
    """
    return answer(
        process_control_many.suspend_all(
            current_engine(), current_principal(), process_definition_key, body["reason"], version
        )
    )


@process_definitions.post("/<key:process_definition_key>/resume")
@permission("process:change")
@repeatable
@conditional
@problems("not-found")
@process_definitions.takes(Reason, REASON)
@process_definitions.answers(200, ManyDone, MANY_DONE)
def resume_process_definition(
    body: dict[str, Any], process_definition_key: str, version: int | None
) -> Response:
    """Resume the suspended instances of a process definition.

    At most 500 a request: send it again while any are `left`.
    """
    return answer(
        process_control_many.resume_all(
            current_engine(), current_principal(), process_definition_key, body["reason"], version
        )
    )
