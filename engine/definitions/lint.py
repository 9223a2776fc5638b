"""All that a deployment would be refused for, or should be looked at for, in one list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from engine.definitions.checks import ELEMENT_CHECKS
from engine.definitions.checks.across import calls_come_to_an_end, errors_are_caught
from engine.definitions.checks.answers import answers_are_asked
from engine.definitions.checks.expressions import known_names_in
from engine.definitions.checks.ladder import ladder_stands
from engine.definitions.checks.limits import limits_kept, limits_of_relations
from engine.definitions.checks.made_from import known_template
from engine.definitions.checks.on_forms import known_audiences
from engine.definitions.checks.open_limits import limits_closed
from engine.definitions.checks.optional import optional_data_is_tested
from engine.definitions.checks.properties import unknown_name
from engine.definitions.checks.ways import ways_in
from engine.definitions.checks.wordings import wordings_stand
from engine.definitions.diagram import Diagram, read_diagram
from engine.definitions.folder import names_in
from engine.definitions.known import Known, known_in
from engine.definitions.related import related
from engine.definitions.templates import TEMPLATE_VERSIONS
from engine.dmn import ModelRefused, read_model
from engine.feel import BUILTINS, Functions
from engine.forms import Form, FormProblem, FormRefused, read_form
from engine.spiff import read_bundle
from engine.spiff.findings import DiagramRefused, Finding

_NOTHING: Mapping[str, bytes] = {}
NO_DIAGRAM = "no-diagram"
_BEFORE = {"error": 0, "warning": 1}


def lint(
    files: Mapping[str, bytes],
    *,
    alongside: Mapping[str, bytes] = _NOTHING,
    functions: Functions = BUILTINS,
    wordings: Set[str] | None = None,
) -> list[Finding]:
    """Check the files of one deployment.

    Args:
        files: ``.bpmn``, ``.dmn`` and ``.form`` files, and templates of messages (``.txt``), by name.
        alongside: files that are only consulted for what the others need of them, or ask of the others;
            their own findings are left out.
        functions: what FEEL expressions may call.
        wordings: the templates of messages that the ladder may name; None: any.

    Returns:
        All findings, file by file, errors before warnings; empty if there is nothing to say.
    """
    together = {**files, **related(files, alongside)}
    forms, found = _forms({**files, **alongside})
    diagrams = _diagrams(together)
    names = names_in({**alongside, **files})
    known = known_in(diagrams, names, forms, functions, TEMPLATE_VERSIONS, _decisions(together, functions))
    found += _of_the_adapter(together, functions)
    for diagram in diagrams:
        found += _of_diagram(diagram, known) if diagram.file in files else ()
    given = [diagram for diagram in diagrams if diagram.file in files]
    found += limits_of_relations(given, [each for each in diagrams if each not in given], known)
    found += calls_come_to_an_end(diagrams, known)
    found += ladder_stands(files, wordings)
    found += wordings_stand(files)
    for form in forms.values():
        found += known_audiences(form, known)
    return _sorted({finding for finding in found if finding.file in files})


def _sorted(findings: set[Finding]) -> list[Finding]:
    return sorted(
        findings, key=lambda each: (each.file, _BEFORE[each.severity], each.element, each.rule, each.message)
    )


def _forms(files: Mapping[str, bytes]) -> tuple[dict[str, Form], list[Finding]]:
    forms: dict[str, Form] = {}
    found: list[Finding] = []
    for name, content in files.items():
        if not name.endswith(".form"):
            continue
        try:
            form = read_form(content, name)
        except FormRefused as refused:
            found += [_of_form(name, problem) for problem in refused.problems]
            continue
        found += [_of_form(name, problem) for problem in form.warnings]
        found += _same_id(form, forms)
        forms[form.id] = form
    return forms, found


def _of_form(name: str, problem: FormProblem) -> Finding:
    return Finding(name, problem.component, problem.severity, problem.rule, problem.message, problem.remedy)


def _same_id(form: Form, others: Mapping[str, Form]) -> Iterator[Finding]:
    other = others.get(form.id)
    if other is not None:
        message = f"The form's id {form.id} is also that of {other.name}."
        yield Finding(form.name, "", "error", "form-same-id", message, "Give each form an id of its own.")


def _diagrams(files: Mapping[str, bytes]) -> list[Diagram]:
    read = [read_diagram(name, content) for name, content in files.items() if name.endswith(".bpmn")]
    return [diagram for diagram in read if diagram is not None]


def _decisions(files: Mapping[str, bytes], functions: Functions) -> dict[str, Sequence[str]]:
    """What each decision needs; a model that can't be read is reported where it is read to run."""
    found: dict[str, Sequence[str]] = {}
    for name, content in files.items():
        if name.endswith(".dmn"):
            try:
                model = read_model(content, name, functions=functions)
                found |= {word: each.inputs for word, each in model.decisions.items()}
            except ModelRefused:
                continue
    return found


def _of_the_adapter(files: Mapping[str, bytes], functions: Functions) -> Sequence[Finding]:
    wanted = {name: content for name, content in files.items() if name.endswith((".bpmn", ".dmn"))}
    if not wanted:
        return ()
    try:
        return read_bundle(wanted, functions=functions).findings
    except DiagramRefused as refused:
        tables_alone = not any(name.endswith(".bpmn") for name in wanted)
        return [each for each in refused.findings if not (tables_alone and each.rule == NO_DIAGRAM)]


def _of_diagram(diagram: Diagram, known: Known) -> Iterator[Finding]:
    for process, properties in diagram.processes.items():
        for name in properties:
            for remark in unknown_name(f"The process “{process}”", name, known):
                yield remark.at(diagram.file, process)
    for drawn in diagram.elements:
        for check in ELEMENT_CHECKS:
            for remark in check(drawn.info, known):
                yield remark.at(diagram.file, drawn.info.id)
        for remark in known_template(drawn, known):
            yield remark.at(diagram.file, drawn.info.id)
    for flow in diagram.flows:
        for remark in optional_data_is_tested(flow, known):
            yield remark.at(diagram.file, flow.id)
    for area in diagram.areas:
        for element, remark in ways_in(area):
            yield remark.at(diagram.file, element)
    yield from limits_kept(diagram, known)
    yield from limits_closed(diagram, known)
    yield from answers_are_asked(diagram, known)
    yield from errors_are_caught(diagram, known)
    yield from known_names_in(diagram, known)
