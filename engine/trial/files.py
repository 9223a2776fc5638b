"""The files of a trial: those that were given, and of their siblings those that they need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.definitions.related import Siblings, needed
from engine.feel import Functions
from engine.forms import Form, FormRefused, read_form
from engine.law import UnknownRule, statute
from engine.spiff import Bundle, DiagramRefused, Finding, read_bundle


@dataclass(frozen=True)
class TrialFiles:
    """A bundle that can be tried, and the forms that its tasks ask."""

    bundle: Bundle
    forms: Mapping[str, Form]
    findings: tuple[Finding, ...]


def gather(given: Mapping[str, bytes], siblings: Siblings, functions: Functions) -> TrialFiles:
    """Read the given files; siblings are looked at only for what is missing.

    Raises:
        DiagramRefused: if anything is wrong with a file that is needed.
    """
    bundle = _complete_bundle(given, siblings, functions)
    forms, form_findings = _forms(given, siblings, bundle)
    findings = (*bundle.findings, *form_findings, *_unknown_rules(bundle))
    if any(finding.severity == "error" for finding in findings):
        raise DiagramRefused(findings)
    return TrialFiles(bundle, forms, findings)


def _complete_bundle(given: Mapping[str, bytes], siblings: Siblings, functions: Functions) -> Bundle:
    """The bundle of the given files with the siblings that they need, and no others."""
    added = needed(given, siblings)
    try:
        return read_bundle({**given, **added}, functions=functions, check_functions=True)
    except DiagramRefused as refused:
        wrong = {finding.file for finding in refused.findings if finding.severity == "error"} & added.keys()
        if not wrong:
            raise
    sound = {name: content for name, content in added.items() if name not in wrong}
    return read_bundle({**given, **sound}, functions=functions, check_functions=True)


def _forms(
    given: Mapping[str, bytes], siblings: Siblings, bundle: Bundle
) -> tuple[dict[str, Form], list[Finding]]:
    wanted = {info.form_id for inside in bundle.elements.values() for info in inside.values() if info.form_id}
    forms, findings = _read_forms(given)
    missing = wanted - forms.keys()
    if missing:
        beside, _ = _read_forms(siblings())
        dynamic = any(name.startswith("=") for name in missing)
        forms |= {
            name: form for name, form in beside.items() if name not in forms and (dynamic or name in missing)
        }
    return forms, findings


def _read_forms(files: Mapping[str, bytes]) -> tuple[dict[str, Form], list[Finding]]:
    forms: dict[str, Form] = {}
    findings: list[Finding] = []
    for name, content in files.items():
        if not name.endswith(".form"):
            continue
        try:
            form = read_form(content, name)
            forms[form.id] = form
        except FormRefused as refused:
            findings += [
                Finding(
                    name, problem.component, problem.severity, problem.rule, problem.message, problem.remedy
                )
                for problem in refused.problems
            ]
    return forms, findings


def _unknown_rules(bundle: Bundle) -> Iterable[Finding]:
    for inside in bundle.elements.values():
        for info in inside.values():
            try:
                if info.rule:
                    statute().rule(info.rule)
            except UnknownRule as unknown:
                yield Finding(
                    info.file,
                    info.id,
                    "error",
                    "unknown-rule",
                    unknown.message,
                    "Choose a rule of the statute.",
                )
