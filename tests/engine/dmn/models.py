"""DMN models for tests, put together from short pieces of XML."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine.dmn import DecisionResult, Model, read_model
from tests.engine.feel.evaluating import NOW

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def xml(*elements: str, namespace: str = "urn:test", dmn: str = NAMESPACE, name: str = "test") -> bytes:
    """A whole file."""
    head = f"<definitions xmlns={quoteattr(dmn)} namespace={quoteattr(namespace)} name={quoteattr(name)}>"
    return (head + "".join(elements) + "</definitions>").encode()


def model(*elements: str, imports: tuple[Model, ...] = (), lenient: bool = False, **about: str) -> Model:
    """A model of these elements, read."""
    return read_model(xml(*elements, **about), "test.dmn", imports, lenient=lenient)


def answer(on: Model, decision: str, inputs: dict[str, Any] | None = None) -> DecisionResult:
    """What a decision answers at the tests' instant."""
    return on.evaluate(decision, inputs or {}, now=NOW)


def _type(kind: str | None) -> str:
    return f" typeRef={quoteattr(kind)}" if kind else ""


def literal(text: str, kind: str | None = None) -> str:
    return f"<literalExpression{_type(kind)}><text>{escape(text)}</text></literalExpression>"


def given(name: str, kind: str | None = None) -> str:
    """Input data; its id is its name."""
    return (
        f"<inputData id={quoteattr(name)} name={quoteattr(name)}>"
        f"<variable name={quoteattr(name)}{_type(kind)}/></inputData>"
    )


def _requirement(kind: str, required: str) -> str:
    outer = "knowledgeRequirement" if kind == "requiredKnowledge" else "informationRequirement"
    href = required if "#" in required else f"#{required}"
    return f"<{outer}><{kind} href={quoteattr(href)}/></{outer}>"


def decision(
    name: str,
    logic: str = "",
    *,
    inputs: tuple[str, ...] = (),
    decisions: tuple[str, ...] = (),
    knowledge: tuple[str, ...] = (),
    kind: str | None = None,
) -> str:
    """A decision; plain text is a literal expression, anything that begins with ``<`` is boxed."""
    required = [_requirement("requiredInput", one) for one in inputs]
    required += [_requirement("requiredDecision", one) for one in decisions]
    required += [_requirement("requiredKnowledge", one) for one in knowledge]
    boxed = logic if logic.startswith("<") or not logic else literal(logic)
    variable = f"<variable name={quoteattr(name)}{_type(kind)}/>"
    return f"<decision id={quoteattr(name)} name={quoteattr(name)}>{variable}{''.join(required)}{boxed}</decision>"


def knowledge(
    name: str, parameters: dict[str, str | None], body: str, kind: str | None = None, **more: Any
) -> str:
    """A business knowledge model."""
    formal = "".join(f"<formalParameter name={quoteattr(n)}{_type(k)}/>" for n, k in parameters.items())
    boxed = body if body.startswith("<") else literal(body)
    required = "".join(_requirement("requiredKnowledge", one) for one in more.get("knowledge", ()))
    language = f" kind={quoteattr(more['language'])}" if "language" in more else ""
    return (
        f"<businessKnowledgeModel id={quoteattr(name)} name={quoteattr(name)}>"
        f"<variable name={quoteattr(name)}{_type(kind)}/>"
        f"<encapsulatedLogic{language}>{formal}{boxed}</encapsulatedLogic>{required}</businessKnowledgeModel>"
    )


def service(name: str, outputs: tuple[str, ...], kind: str | None = None, **parts: tuple[str, ...]) -> str:
    """A decision service; parts are ``encapsulated``, ``decisions`` and ``inputs``."""
    tags = {"encapsulatedDecision": "encapsulated", "inputDecision": "decisions", "inputData": "inputs"}
    body = "".join(f"<outputDecision href='#{one}'/>" for one in outputs)
    body += "".join(f"<{tag} href='#{one}'/>" for tag, part in tags.items() for one in parts.get(part, ()))
    variable = f"<variable name={quoteattr(name)}{_type(kind)}/>"
    return f"<decisionService id={quoteattr(name)} name={quoteattr(name)}>{variable}{body}</decisionService>"


def table(
    inputs: list[str],
    outputs: list[str],
    rules: list[str],
    policy: str = "UNIQUE",
    aggregation: str | None = None,
) -> str:
    """A decision table.

    An input is ``expression [: type [: allowed values]]``, an output ``name [: values [: default]]``, and a
    rule its cells divided by ``|``.
    """
    attributes = f" hitPolicy={quoteattr(policy)}"
    attributes += f" aggregation={quoteattr(aggregation)}" if aggregation else ""
    columns = "".join(_input(*one.split(" : ")) for one in inputs)
    columns += "".join(_output(*one.split(" : ")) for one in outputs)
    rows = "".join(_rule(index, row.split("|"), len(inputs)) for index, row in enumerate(rules, 1))
    return f"<decisionTable id='table'{attributes}>{columns}{rows}</decisionTable>"


def _input(expression: str, kind: str = "", allowed: str = "") -> str:
    values = f"<inputValues><text>{escape(allowed)}</text></inputValues>" if allowed else ""
    text = f"<text>{escape(expression)}</text>"
    return f"<input><inputExpression{_type(kind)}>{text}</inputExpression>{values}</input>"


def _output(name: str, values: str = "", default: str = "") -> str:
    inside = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
    if default:
        inside += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>"
    return f"<output name={quoteattr(name)}>{inside}</output>"


def _rule(index: int, cells: list[str], inputs: int) -> str:
    texts = [f"<text>{escape(cell.strip())}</text>" for cell in cells]
    entries = "".join(f"<inputEntry>{text}</inputEntry>" for text in texts[:inputs])
    entries += "".join(f"<outputEntry>{text}</outputEntry>" for text in texts[inputs:])
    return f"<rule id='r{index}'>{entries}</rule>"


def context(entries: dict[str, str]) -> str:
    """A boxed context; an entry without a name is the result."""
    parts = [
        f"<contextEntry>{f'<variable name={quoteattr(name)}/>' if name else ''}{_boxed(logic)}</contextEntry>"
        for name, logic in entries.items()
    ]
    return f"<context>{''.join(parts)}</context>"


def _boxed(logic: str) -> str:
    return logic if logic.startswith("<") else literal(logic)


def item(
    name: str, kind: str = "", *parts: str, collection: bool = False, allowed: str = "", **more: str
) -> str:
    """An item definition, with components or a type."""
    return _item("itemDefinition", name, kind, parts, collection, allowed, more.get("constraint", ""))


def component(name: str, kind: str = "", *parts: str, collection: bool = False, allowed: str = "") -> str:
    return _item("itemComponent", name, kind, parts, collection, allowed, "")


def _item(
    tag: str, name: str, kind: str, parts: tuple[str, ...], collection: bool, allowed: str, constraint: str
) -> str:
    inside = f"<typeRef>{escape(kind)}</typeRef>" if kind else ""
    inside += f"<allowedValues><text>{escape(allowed)}</text></allowedValues>" if allowed else ""
    inside += f"<typeConstraint><text>{escape(constraint)}</text></typeConstraint>" if constraint else ""
    many = " isCollection='true'" if collection else ""
    return f"<{tag} name={quoteattr(name)}{many}>{inside}{''.join(parts)}</{tag}>"
