"""XML of a model, read safely: nothing is resolved, fetched or expanded. Elements go by local name.

The namespace differs from version to version of the standard (1.1 to 1.5) and the prefix from tool to tool.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.dmn.problems import ModelProblem, ModelRefused
from engine.feel.syntax.names import normal

Element = etree._Element
DMN_NAMESPACES = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")


def read_root(xml: bytes, name: str) -> Element:
    """The root element of a model.

    Raises:
        ModelRefused: if it isn't XML, has a DOCTYPE, or isn't a DMN model.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refused(name, f"It isn't well-formed XML: {error}.", "Export it again.") from error
    if has_doctype(root):
        raise _refused(name, "It has a DOCTYPE.", "Remove it: models need none, and it isn't read.")
    qualified = etree.QName(root)
    if qualified.localname != "definitions" or not (qualified.namespace or "").startswith(DMN_NAMESPACES):
        raise _refused(name, "It isn't a DMN model.", "Export the model as DMN 1.1 to 1.5.")
    return root


def _refused(name: str, message: str, remedy: str) -> ModelRefused:
    return ModelRefused(name, [ModelProblem(name, message, remedy)])


def local_name(element: Element) -> str:
    """The element's name without namespace."""
    return etree.QName(element).localname


def children(parent: Element, *names: str) -> Iterator[Element]:
    """The children with one of these local names; all of them if none is given."""
    for child in parent:
        if isinstance(child.tag, str) and (not names or local_name(child) in names):
            yield child


def child(parent: Element, name: str) -> Element | None:
    """The first child of a local name."""
    return next(children(parent, name), None)


def text_of(parent: Element | None) -> str:
    """The content of the child ``text``, or of the element itself if it has none."""
    if parent is None:
        return ""
    inner = child(parent, "text")
    return own_text(parent if inner is None else inner)


def own_text(element: Element) -> str:
    """All text inside an element, without white space at its ends."""
    return "".join(str(part) for part in element.itertext()).strip()


def name_of(element: Element | None) -> str:
    """The name attribute with single blanks; empty if there is none."""
    return "" if element is None else normal(element.get("name") or "")


def place_of(element: Element) -> str:
    """The id of the element or of the nearest around it that has one; else its kind."""
    around: Element | None = element
    while around is not None:
        if around.get("id"):
            return str(around.get("id"))
        around = around.getparent()
    return local_name(element)


def has_doctype(root: Element) -> bool:
    """Whether the document declares a type, which could define entities."""
    return bool(getattr(root.getroottree().docinfo, "doctype", ""))


def line_of(element: Element) -> int | None:
    """The line of the file that an element begins on."""
    return int(str(element.sourceline)) if element.sourceline else None
