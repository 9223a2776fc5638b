"""Imports without a name: what they bring belongs to the importing model as if it were written there.

So an element's references lead to the importing model's element where both have one of that name, and what
is imported twice counts once: first the model's own elements, then each import with its own imports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy

from engine.dmn.xml import Element, children, local_name, name_of

_GRAPH = ("inputData", "decision", "businessKnowledgeModel", "decisionService")
_MERGED = ("import", "itemDefinition", *_GRAPH)


def merged(root: Element, by_namespace: Mapping[str, Element]) -> Element:
    """A model together with all it imports without a name; the model itself if there is nothing.

    Args:
        root: of the model.
        by_namespace: the roots of the models that it may import.
    """
    if not any(_is_nameless(one) for one in children(root, "import")):
        return root
    merge = _Merge(root)
    for other in _nameless(root, by_namespace, {root.get("namespace") or ""}):
        merge.add(other)
    return merge.finished()


def _is_nameless(element: Element) -> bool:
    return not name_of(element)


def _nameless(root: Element, by_namespace: Mapping[str, Element], seen: set[str]) -> Iterator[Element]:
    """The models that come in without a name, each followed by those it brings; each of them once."""
    for one in children(root, "import"):
        space = one.get("namespace") or ""
        if _is_nameless(one) and space not in seen and space in by_namespace:
            seen.add(space)
            yield by_namespace[space]
            yield from _nameless(by_namespace[space], by_namespace, seen)


class _Merge:
    """A copy of a model that elements of others are added to.

    Args:
        root: of the model.
    """

    def __init__(self, root: Element) -> None:
        self._root = deepcopy(root)
        self._spaces = [root.get("namespace") or ""]
        self._named: dict[tuple[str, str], str] = {}
        self._ids: set[str] = set()
        self._instead: dict[str, str] = {}
        """For the id of an element that was left out, that of the one of its name."""
        for element in children(self._root, *_MERGED):
            self._note(element)

    def _note(self, element: Element) -> None:
        self._named.setdefault(_place(element), element.get("id") or "")
        self._ids.add(element.get("id") or "")

    def add(self, other: Element) -> None:
        """Take over what the model hasn't got: nothing of a name or an id that is there already."""
        self._spaces.append(other.get("namespace") or "")
        for element in children(other, *_MERGED):
            if local_name(element) == "import" and _is_nameless(element):
                continue
            kept, own = self._named.get(_place(element)), element.get("id") or ""
            if kept is not None:
                self._instead[own] = kept
            elif not own or own not in self._ids:
                self._note(element)
                self._root.append(deepcopy(element))

    def finished(self) -> Element:
        """The model, without the imports that it now holds, its references led to where they belong."""
        for one in list(children(self._root, "import")):
            if _is_nameless(one) and one.get("namespace") in self._spaces:
                self._root.remove(one)
        for element in self._root.iter():
            href = element.get("href") if isinstance(element.tag, str) else None
            if href is not None:
                element.set("href", self._led(href))
        return self._root

    def _led(self, href: str) -> str:
        space, _, id_ = href.rpartition("#")
        if space and space not in self._spaces:
            return href
        return "#" + (id_ if id_ in self._ids else self._instead.get(id_, id_))


def _place(element: Element) -> tuple[str, str]:
    """What names must differ in: types, imports and elements of the graph each have names of their own."""
    kind = local_name(element)
    return ("graph" if kind in _GRAPH else kind), name_of(element)
