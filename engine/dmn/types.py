"""Types declared by a model: item definitions, by name, with the values they allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from engine.dmn.xml import Element, child, children, name_of, text_of
from engine.feel.evaluation import Evaluation
from engine.feel.expression import Expression
from engine.feel.inward import Settled
from engine.feel.types import ANY, BY_NAME, ContextType, FunctionType, ListType, NamedType, Type
from engine.feel.values import Value

FEEL_NAMESPACE_PART = "/FEEL"


class AllowedValues(Type):
    """A type of which only some values are allowed.

    Args:
        base: the type without the restriction.
        tests: the allowed values as tests of ``?``.
        name: of the declared type, for messages.
    """

    def __init__(self, base: Type, tests: Expression, name: str) -> None:
        self.base = base
        self.tests = tests
        self._name = name

    def accepts(self, value: Value) -> bool:
        """Whether it is of the base type: ``instance of`` doesn't ask for allowed values."""
        return self.base.accepts(value)

    def admits(self, value: Value, evaluation: Evaluation) -> bool:
        """Whether it is null, or of the base type and allowed."""
        if value is None:
            return True
        if not self.base.admits(value, evaluation):
            return False
        return self.tests.run(Settled({"?": value}), evaluation) is True

    def resolved(self) -> Type:
        """A restricted list is still a list; anything else is itself."""
        inner = self.base.resolved()
        return _AllowedList(inner, self) if isinstance(inner, ListType) else self

    def __str__(self) -> str:
        return self._name


class OwnValues(AllowedValues):
    """A type whose allowed values stand instead of those of the type it builds on."""

    def admits(self, value: Value, evaluation: Evaluation) -> bool:
        """Whether it is null, or of the type below all restrictions and allowed here."""
        if value is None:
            return True
        if not unrestricted(self.base).admits(value, evaluation):
            return False
        return self.tests.run(Settled({"?": value}), evaluation) is True


def unrestricted(wanted: Type) -> Type:
    """The type below its restrictions."""
    wanted = wanted.resolved()
    while isinstance(wanted, AllowedValues):
        wanted = wanted.base.resolved()
    return wanted


class _AllowedList(ListType):
    """A list with a restriction on the whole of it."""

    def __init__(self, inner: ListType, restriction: AllowedValues) -> None:
        super().__init__(inner.item)
        object.__setattr__(self, "restriction", restriction)

    restriction: AllowedValues

    def admits(self, value: Value, evaluation: Evaluation) -> bool:
        """Whether the list and all its items are allowed."""
        return self.restriction.admits(value, evaluation)

    def __str__(self) -> str:
        return str(self.restriction)


CompileTests = Callable[[Element], "Expression | None"]


class TypeTable:
    """The types of a model by name, its own and those of its imports.

    Args:
        imports: type tables of imported models by the name of the import.
        by_namespace: the same by namespace, for references such as ``{namespace}name``.
    """

    def __init__(self, imports: Mapping[str, TypeTable], by_namespace: Mapping[str, TypeTable]) -> None:
        self._own: dict[str, Type] = {}
        self._imports = imports
        self._by_namespace = by_namespace
        self.components: set[str] = set()

    @property
    def names(self) -> Iterator[str]:
        """All type names as written in expressions, imported ones with their prefix."""
        yield from self._own
        for prefix, table in self._imports.items():
            yield from (f"{prefix}.{name}" if prefix else name for name in table.names)

    def find(self, name: str) -> Type | None:
        """The type of a name, or None."""
        known = self._own.get(name) or BY_NAME.get(name)
        if known is not None:
            return known
        for prefix, table in self._imports.items():
            if not prefix or name.startswith(prefix + "."):
                found = table.find(name[len(prefix) + 1 :] if prefix else name)
                if found is not None:
                    return found
        return None

    def reference(self, written: str | None, element: Element) -> Type | None:
        """The type that a ``typeRef`` names: Any if it is absent, None if there is no such type."""
        if not written or not written.strip():
            return ANY
        name = written.strip()
        if name.startswith("{"):
            namespace, _, local = name[1:].partition("}")
            return self._in_namespace(namespace, local)
        found = self.find(" ".join(name.split()))
        if found is None and ":" in name:
            prefix, _, local = name.partition(":")
            return self._in_namespace(element.nsmap.get(prefix) or "", local)
        return found

    def _in_namespace(self, namespace: str, name: str) -> Type | None:
        table = self._by_namespace.get(namespace)
        if table is not None:
            return table.find(name)
        return BY_NAME.get(name) or self.find(name)

    def named(self, written: str | None, element: Element) -> Type:
        """As ``reference``, but found when it is needed: a type may be declared later or contain itself."""
        if not written or not written.strip():
            return ANY
        return NamedType(written.strip(), lambda _: self.reference(written, element))

    def declare(self, definition: Element, compile_tests: CompileTests) -> None:
        """Add the type of an ``itemDefinition``."""
        self._own[name_of(definition)] = self._item(definition, compile_tests)

    def _item(self, definition: Element, compile_tests: CompileTests) -> Type:
        name = name_of(definition)
        item = self._single(definition, compile_tests)
        item = _allowing(item, child(definition, "allowedValues"), name, compile_tests)
        if definition.get("isCollection") == "true":
            item = ListType(item)
        return _restricted(item, child(definition, "typeConstraint"), name, compile_tests)

    def _single(self, definition: Element, compile_tests: CompileTests) -> Type:
        function = child(definition, "functionItem")
        if function is not None:
            return self._function(function)
        parts = list(children(definition, "itemComponent"))
        if not parts:
            return self.named(type_reference(definition), definition)
        self.components.update(map(name_of, parts))
        fields = {name_of(part): self._item(part, compile_tests) for part in parts}
        return ContextType(fields, name_of(definition))

    def _function(self, function: Element) -> Type:
        named = {
            name_of(parameter): self.named(type_reference(parameter), parameter)
            for parameter in children(function, "parameters")
        }
        result = self.named(function.get("outputTypeRef"), function)
        return FunctionType(tuple(named.values()), result, named)


def _restricted(item: Type, tests: Element | None, name: str, compile_tests: CompileTests) -> Type:
    compiled = None if tests is None or not text_of(tests) else compile_tests(tests)
    return item if compiled is None else AllowedValues(item, compiled, name)


def _allowing(item: Type, tests: Element | None, name: str, compile_tests: CompileTests) -> Type:
    """As ``_restricted`` by ``allowedValues``, which stand instead of those of the type it builds on."""
    compiled = None if tests is None or not text_of(tests) else compile_tests(tests)
    return item if compiled is None else OwnValues(item, compiled, name)


def type_reference(element: Element | None) -> str | None:
    """The ``typeRef`` of an element: an attribute, or a child in old files."""
    if element is None:
        return None
    written = element.get("typeRef")
    return written if written else text_of(child(element, "typeRef")) or None
