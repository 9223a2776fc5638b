"""The questions of a form by where their answers go: groups dissolve, repeated lists stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from engine.forms.document import ANSWERED, Component
from engine.forms.formulas import Formula
from engine.forms.kinds import KINDS, Kind

DEFAULT_AUDIENCE = frozenset({"send_team", "agency"})
Path = tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One question, or one list of repeated questions.

    Attributes:
        component: what the editor wrote.
        path: the keys from the form's top to the answer; inside lists without positions.
        at: the keys from the list (or the form) that holds it.
        hides: conditions, its own and its groups': if any is true it isn't asked.
        audience: who may see the answer.
        items: the questions of one item, for a list; empty for a question.
    """

    component: Component
    path: Path
    at: Path
    hides: tuple[Formula, ...]
    audience: frozenset[str]
    items: tuple[Field, ...] = ()

    @property
    def is_list(self) -> bool:
        """Whether it is a list of repeated questions."""
        return self.component.type == "dynamiclist"

    @cached_property
    def kind(self) -> Kind:
        """The rules of its kind of answer."""
        return KINDS[self.component.type]

    @property
    def name(self) -> str:
        """Its path with dots, as in messages: ``advice.reason``."""
        return ".".join(self.path)

    @property
    def label(self) -> str:
        """The words people see."""
        return self.component.title

    @property
    def type(self) -> str:
        """The component's type, for example ``radio``."""
        return self.component.type

    @property
    def required(self) -> bool:
        """Whether it has to be answered while it is shown."""
        return self.component.required

    @cached_property
    def process(self) -> bool:
        """Whether the process may see the answer."""
        return self.component.own("process") == "yes" or any(item.process for item in self.items)

    def walk(self) -> Iterator[Field]:
        """This field and, for a list, those of its items."""
        yield self
        for item in self.items:
            yield from item.walk()


@dataclass(frozen=True)
class _Place:
    """Where in the form a component stands."""

    path: Path = ()
    at: Path = ()
    hides: tuple[Formula, ...] = ()
    audience: frozenset[str] = DEFAULT_AUDIENCE

    def inside(self, component: Component) -> _Place:
        keys = tuple(component.key.split(".")) if component.key else ()
        hides = (*self.hides, Formula(component.hide)) if component.hide else self.hides
        own = component.own("audience")
        audience = frozenset(own.split()) if own is not None else self.audience
        return _Place((*self.path, *keys), (*self.at, *keys), hides, audience)


def fields_of(components: Sequence[Component]) -> tuple[Field, ...]:
    """The fields of a form in its order."""
    return tuple(_fields(components, _Place()))


def _fields(components: Sequence[Component], around: _Place) -> Iterator[Field]:
    for component in components:
        place = around.inside(component)
        if component.type == "group":
            yield from _fields(component.children, place)
        elif component.type == "dynamiclist":
            inner = replace(place, at=(), hides=())
            yield _field(component, place, tuple(_fields(component.children, inner)))
        elif component.type in ANSWERED and component.key:
            yield _field(component, place, ())


def _field(component: Component, place: _Place, items: tuple[Field, ...]) -> Field:
    return Field(component, place.path, place.at, place.hides, place.audience, items)


def look_up(answers: Mapping[str, object], at: Path) -> object:
    """The value at a path of nested objects; None where there is none."""
    value: object = answers
    for key in at:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def put(answers: dict[str, object], at: Path, value: object) -> None:
    """Set the value at a path of nested objects, making those on the way."""
    for key in at[:-1]:
        inner = answers.setdefault(key, {})
        assert isinstance(inner, dict)
        answers = inner
    answers[at[-1]] = value
