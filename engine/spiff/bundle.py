"""One deployment: its files read, checked as a whole, and made ready to run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from engine.feel import BUILTINS, Functions
from engine.spiff.checks import check_bundle, check_drawing
from engine.spiff.compiling import Compiler
from engine.spiff.decisions import DecisionModels, read_decisions
from engine.spiff.definitions import Definitions
from engine.spiff.describing import describe_element, describe_process
from engine.spiff.drawing import Drawing
from engine.spiff.elements import ElementInfo, ProcessInfo
from engine.spiff.expressions import TimeFormula
from engine.spiff.findings import DiagramRefused, Finding, Report
from engine.spiff.formulas import Formulas, compile_formulas
from engine.spiff.functions import with_cycle
from engine.spiff.parsing import DiagramParser
from engine.spiff.reading import read_xml
from engine.spiff.rewriting import give_ids, rewrite
from engine.spiff.scopes import ScopeSpec
from engine.spiff.spelling import spaced_names

JOB_TYPES = frozenset(
    {"ehc:notice", "ehc:record", "ehc:start", "ehc:plan", "ehc:review", "ehc:resend", "ehc:message"}
)


@dataclass(frozen=True)
class Bundle:
    """What one deployment holds; never changes, and is shared by all instances that run on it.

    Attributes:
        processes: its processes by id.
        elements: their elements, by process id and element id; those of sub-processes are among them.
        decisions: ids and names of the decisions that it can ask.
        findings: warnings; a bundle with errors is never made.
        start_times: times of timer start events, by process and element.
    """

    processes: Mapping[str, ProcessInfo]
    elements: Mapping[str, Mapping[str, ElementInfo]]
    decisions: frozenset[str]
    findings: tuple[Finding, ...]
    definitions: Definitions
    start_times: Mapping[tuple[str, str], TimeFormula]

    def starts_at(self, process_id: str, element_id: str, now: datetime) -> Iterator[datetime]:
        """The instants at which a timer start event begins instances, if it is armed now.

        Raises:
            KeyError: if there is no such timer start event.
            StepFailed: if its time cannot be worked out.
        """
        time = self.start_times[process_id, element_id].before_start(now)
        due, number = time.due(now), 1
        yield due
        while time.cycle is not None and number != time.cycle.count:
            number += 1
            due = time.cycle.occurrence(number, now, due)
            yield due

    def start_of(self, process_id: str, at: str | None = None) -> str | None:
        """The start event at which an instance begins; ``None`` for a process that draws none.

        Raises:
            LookupError: if there is no such process, or it has no such start event.
        """
        process = self.processes.get(process_id)
        if process is None:
            known = ", ".join(sorted(self.processes))
            raise LookupError(f"There is no process '{process_id}' in these files. They hold: {known}.")
        starts = process.starts
        if at is not None and at not in [start.element_id for start in starts]:
            raise LookupError(f"The process '{process_id}' has no start event '{at}'.")
        plain = next((start for start in starts if start.kind == "none"), starts[0])
        return (at or plain.element_id) or None


@dataclass
class _File:
    """One BPMN file on its way."""

    report: Report
    drawing: Drawing
    infos: Mapping[str, ElementInfo]
    formulas: Formulas | None = None


def read_bundle(
    files: Mapping[str, bytes],
    *,
    functions: Functions = BUILTINS,
    job_types: Collection[str] = JOB_TYPES,
    names: Iterable[str] = (),
    check_functions: bool = False,
) -> Bundle:
    """Read the files of one deployment: diagrams, and the decision tables (``.dmn``) that they ask.

    Other files (``.form``) are passed over.

    Args:
        functions: the FEEL functions that expressions may call.
        job_types: the types of service tasks that the environment can carry out.
        names: variables with spaces in their names that no diagram declares.
        check_functions: refuse calls of functions that there are not; left off by a layer that looks for
            unknown names itself.

    Raises:
        DiagramRefused: if anything is wrong; it carries all findings of all files.
    """
    reports: list[Report] = []
    drawn = list(_drawn(files, reports))
    models = read_decisions(files, functions, reports)
    known_names = [*names, *(name for file in drawn for name in spaced_names(file.drawing))]
    for file in drawn:
        check_drawing(file.drawing, file.infos, file.report, job_types)
        if file.report.says("id-twice"):
            continue
        compiler = Compiler(
            file.report,
            is_cloud=file.drawing.is_cloud,
            names=known_names,
            functions=with_cycle(functions),
            checks_functions=check_functions,
        )
        file.formulas = compile_formulas(file.drawing, file.infos, compiler)
    check_bundle([(file.drawing, file.infos, file.report) for file in drawn], models.names)
    findings = tuple(finding for report in reports for finding in report)
    if any(report.refuses for report in reports) or not drawn:
        raise DiagramRefused(findings or (_nothing(files),))
    return _made(drawn, models, findings)


def _drawn(files: Mapping[str, bytes], reports: list[Report]) -> Iterable[_File]:
    for name, content in files.items():
        if name.endswith((".dmn", ".form", ".html", ".txt")):
            continue
        report = Report(name)
        reports.append(report)
        root = read_xml(content, report)
        if root is not None:
            give_ids(root)
            drawing = Drawing(name, root)
            infos = {node.id: describe_element(drawing, node) for node in drawing.nodes()}
            yield _File(report, drawing, infos)


def _made(drawn: list[_File], models: DecisionModels, findings: tuple[Finding, ...]) -> Bundle:
    specs: dict[str, ScopeSpec] = {}
    processes: dict[str, ProcessInfo] = {}
    elements: dict[str, dict[str, ElementInfo]] = {}
    times: dict[tuple[str, str], TimeFormula] = {}
    for file in drawn:
        assert file.formulas is not None
        for area in file.drawing.processes:
            processes[area.id] = process = describe_process(file.drawing, area, file.infos)
            timed = [start.element_id for start in process.starts if start.kind == "timer"]
            times |= {(area.id, start): file.formulas.times[start] for start in timed}
            elements[area.id] = {}
        for info in file.infos.values():
            elements[info.process_id][info.id] = info
        rewrite(file.drawing)
        specs.update(DiagramParser(file.drawing, file.formulas).parse(file.drawing.root))
    return Bundle(
        processes=MappingProxyType(processes),
        elements=MappingProxyType({name: MappingProxyType(inside) for name, inside in elements.items()}),
        decisions=models.names,
        findings=findings,
        start_times=MappingProxyType(times),
        definitions=Definitions(MappingProxyType(specs), MappingProxyType(processes), models),
    )


def _nothing(files: Mapping[str, bytes]) -> Finding:
    return Finding(
        next(iter(files), ""),
        "",
        "error",
        "no-diagram",
        "There is no BPMN diagram among the files.",
        "Add the diagram's .bpmn file.",
    )
