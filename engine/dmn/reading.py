"""A model's elements to nodes: types first, then names, then links, then logic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.dmn.boxed import boxed, expression_in, function_body, parameters_of, result_type
from engine.dmn.nodes import Decision, InputData, KnowledgeModel, Node, Service
from engine.dmn.site import Boxed, Reading, Site, names_in, typed
from engine.dmn.types import TypeTable, type_reference
from engine.dmn.xml import DMN_NAMESPACES, Element, child, children, local_name, name_of, text_of
from engine.feel.functions import Functions
from engine.feel.syntax.names import normal
from engine.feel.types import ANY, FunctionType

KINDS: dict[str, type[Node]] = {
    "inputData": InputData,
    "decision": Decision,
    "businessKnowledgeModel": KnowledgeModel,
    "decisionService": Service,
}
_REQUIREMENTS = ("informationRequirement", "knowledgeRequirement")
_REQUIRED = ("requiredDecision", "requiredInput", "requiredKnowledge")


@dataclass
class Library:
    """A model that has been read, as others import it.

    Attributes:
        name: of the model.
        namespace: that imports and references name.
        nodes: in the order of the file.
        types: its declared types.
        components: names that may follow a dot.
        imports: the models it imports, by the name of the import.
    """

    name: str
    namespace: str
    nodes: list[Node]
    types: TypeTable
    components: set[str]
    imports: dict[str, Library] = field(default_factory=dict)

    def node_of(self, id_: str) -> Node | None:
        """The node of an id."""
        return next((node for node in self.nodes if node.id == id_), None)


class ModelReader:
    """Reads one model.

    Args:
        root: its root element.
        name: of the file, for messages.
        available: models that it may import.
        functions: the built-ins its expressions may call.
    """

    def __init__(self, root: Element, name: str, available: Sequence[Library], functions: Functions) -> None:
        self._root = root
        self._namespace = root.get("namespace") or ""
        by_namespace = {library.namespace: library for library in available}
        self._problems_before: list[tuple[Element, str, str]] = []
        self._imports = self._read_imports(by_namespace)
        self._by_namespace = {library.namespace: library for library in self._imports.values()}
        types = TypeTable(
            {prefix: library.types for prefix, library in self._imports.items()},
            {space: library.types for space, library in self._by_namespace.items()},
        )
        self.reading = Reading(functions, types, set())
        for problem in self._problems_before:
            self.reading.note(*problem)
        self.library = Library(
            name_of(root) or name, self._namespace, [], types, self.reading.components, self._imports
        )
        self._elements: dict[Node, Element] = {}

    def read(self) -> Library:
        """The model; its mistakes are in ``reading.problems``."""
        self._collect_components()
        self._declare_types()
        self._create_nodes()
        for node, element in self._elements.items():
            self._link(node, element)
        self._find_cycles()
        for node, element in self._elements.items():
            self._compile(node, element)
        return self.library

    def _read_imports(self, available: Mapping[str, Library]) -> dict[str, Library]:
        found: dict[str, Library] = {}
        for element in children(self._root, "import"):
            namespace = element.get("namespace") or ""
            if not (element.get("importType") or "").startswith(DMN_NAMESPACES):
                remedy = "Import DMN models only."
                self._problems_before.append((element, "The import isn't a DMN model.", remedy))
            elif namespace not in available:
                message = f"The imported model '{namespace}' isn't there."
                self._problems_before.append((element, message, "Upload it together with this one."))
            else:
                found[name_of(element)] = available[namespace]
        return found

    def _collect_components(self) -> None:
        """Every name in the model that may follow a dot: entries, columns, nodes, those of imports too."""
        named = (
            element
            for element in self._root.iter()
            if isinstance(element.tag, str)
            and local_name(element) in ("variable", "column", "output", "itemComponent", *KINDS)
        )
        self.reading.components.update(names_in(named))
        for library in self._imports.values():
            self.reading.components.update(library.components)

    def _declare_types(self) -> None:
        site = Site(self.reading, self.library.name)
        definitions = list(children(self._root, "itemDefinition"))
        for definition in definitions:
            self.reading.types.declare(definition, lambda element: site.tests(text_of(element), element))
        for definition in definitions:
            for part in definition.iter():
                if isinstance(part.tag, str) and local_name(part) in ("itemDefinition", "itemComponent"):
                    site.type_of(part)

    def _create_nodes(self) -> None:
        for element in self._node_elements():
            name = name_of(element) or name_of(child(element, "variable"))
            node = KINDS[local_name(element)](element.get("id") or "", name, self._namespace)
            if not name:
                self.reading.note(element, f"A {local_name(element)} has no name.", "Name it.")
            self._elements[node] = element
            self.library.nodes.append(node)

    def _node_elements(self) -> Iterator[Element]:
        yield from children(self._root, *KINDS)

    def _link(self, node: Node, element: Element) -> None:
        site = Site(self.reading, node.name)
        variable = child(element, "variable")
        node.type = site.type_of(variable) if variable is not None else site.type_of(element)
        declared = node.type.resolved()
        if isinstance(node, (KnowledgeModel, Service)):
            node.type = result_type(declared)
        for requirement in children(element, *_REQUIREMENTS):
            for reference in children(requirement, *_REQUIRED):
                node.requires.extend(self._target(reference))
        if isinstance(node, Service):
            self._link_service(node, element)
            node.declared = declared.by_name if isinstance(declared, FunctionType) else {}

    def _link_service(self, node: Service, element: Element) -> None:
        for reference in children(element, "inputData"):
            node.inputs.extend(target for _, target in self._target(reference))
        for reference in children(element, "inputDecision"):
            node.inputs.extend(target for _, target in self._target(reference))
        for reference in children(element, "outputDecision"):
            targets = [target for _, target in self._target(reference)]
            node.outputs.extend(target for target in targets if isinstance(target, Decision))

    def _target(self, reference: Element) -> list[tuple[str, Node]]:
        """The node a reference names, with the name of the import it is seen through; none is noted."""
        href = reference.get("href") or ""
        namespace, _, id_ = href.rpartition("#")
        if not namespace or namespace == self._namespace:
            found, through = self.library.node_of(id_), ""
        else:
            found, through = self._imported(namespace, id_)
        if found is None:
            self.reading.note(reference, f"'{href}' refers to nothing.", "Draw the requirement again.")
            return []
        return [(through, found)]

    def _imported(self, namespace: str, id_: str) -> tuple[Node | None, str]:
        for prefix, library in self._imports.items():
            if library.namespace == namespace:
                return library.node_of(id_), prefix
        return None, ""

    def _find_cycles(self) -> None:
        """Decisions that require themselves, over any number of steps."""
        done: set[Node] = set()
        for node in self._elements:
            cycle = _cycle_from(node, done)
            if cycle:
                names = " requires ".join(f"'{one.name}'" for one in cycle)
                self.reading.note(self._elements[node], f"{names}: a cycle.", "Remove one requirement.")

    def _compile(self, node: Node, element: Element) -> None:
        site = Site(self.reading, node.name).seeing(*self._visible(node))
        if isinstance(node, Decision):
            logic = expression_in(element)
            node.logic = None if logic is None else boxed(logic, site)
        elif isinstance(node, KnowledgeModel):
            definition = child(element, "encapsulatedLogic")
            if definition is not None:
                node.parameters = parameters_of(definition, site)
                node.logic = self._function(definition, site.seeing(node.name))
            elif child(element, "invocable") is None:
                self.reading.note(element, f"'{node.name}' has no logic.", "Define its function.")

    @staticmethod
    def _function(definition: Element, site: Site) -> Boxed:
        declared = result_type(site.type_of(definition)) if type_reference(definition) else ANY
        return typed(function_body(definition, site), declared, site.where)

    def _visible(self, node: Node) -> Iterator[str]:
        for through, required in node.requires:
            yield through or required.name


def _cycle_from(start: Node, done: set[Node]) -> list[Node]:
    """The nodes of a cycle of decisions that can be reached from a node; empty if there is none."""
    path: list[tuple[Node, Iterator[Node]]] = [(start, _decisions(start))]
    on_path = [start]
    while path and start not in done:
        following = next(path[-1][1], None)
        if following is None:
            done.add(path.pop()[0])
            on_path.pop()
        elif following in on_path:
            return [*on_path[on_path.index(following) :], following]
        elif following not in done:
            path.append((following, _decisions(following)))
            on_path.append(following)
    return []


def _decisions(node: Node) -> Iterator[Node]:
    return (required for _, required in node.requires if isinstance(required, Decision))


def named(nodes: Sequence[Node], wanted: str) -> Node | None:
    """The node of a name, or else of an id."""
    name = normal(wanted)
    by_name = next((node for node in nodes if node.name == name), None)
    return by_name or next((node for node in nodes if node.id == wanted), None)
