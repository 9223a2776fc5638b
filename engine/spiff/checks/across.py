"""What the files of one deployment say about each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.spiff.describing import describe_process
from engine.spiff.drawing import Drawing, Node, extension
from engine.spiff.elements import ElementInfo
from engine.spiff.findings import Report

Files = list[tuple[Drawing, Mapping[str, ElementInfo], Report]]


def check_bundle(files: Files, decisions: Collection[str]) -> None:
    """Check that process ids are unique, and that what is called or asked is there."""
    tags: dict[str, str] = {}
    for drawing, infos, report in files:
        for area in drawing.processes:
            if area.id in tags:
                report.error(
                    area.id,
                    "process-twice",
                    "Two files of the deployment hold a process of this id.",
                    "Rename one of the processes, or leave a file out.",
                )
            tags[area.id] = describe_process(drawing, area, infos).version_tag
    for drawing, infos, report in files:
        for node in drawing.nodes():
            _check_called(node, infos[node.id], tags, report)
            _check_asked(node, infos[node.id], decisions, report)


def _check_called(node: Node, info: ElementInfo, tags: Mapping[str, str], report: Report) -> None:
    called = info.called_process
    if not called or called.startswith("="):
        return
    if called not in tags:
        report.error(
            node.id,
            "called-process-missing",
            f"It calls the process '{called}', which is not among the files.",
            "Add the file of the called process, or correct its id.",
        )
        return
    element = extension(node.element, "calledElement")
    wanted = element.get("versionTag", "") if element is not None else ""
    if (
        wanted
        and element is not None
        and element.get("bindingType") == "versionTag"
        and wanted != tags[called]
    ):
        report.error(
            node.id,
            "version-tag",
            f"It calls the version '{wanted}' of '{called}'; the file given has '{tags[called]}'.",
            "Deploy the version that is called, or call the version that is deployed.",
        )


def _check_asked(node: Node, info: ElementInfo, decisions: Collection[str], report: Report) -> None:
    asked = info.decision_id
    if asked and not asked.startswith("=") and asked not in decisions:
        report.error(
            node.id,
            "decision-missing",
            f"It asks the decision '{asked}', which is not among the files.",
            "Add the decision table's file, or correct the decision's id.",
        )
