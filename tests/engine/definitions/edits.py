"""What somebody may do to a diagram by mistake: take something away, or draw a flow elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
Edit = Callable[[etree._Element], None]


def edited(content: bytes, edit: Edit) -> bytes:
    """The diagram after an edit."""
    root = etree.fromstring(content)
    edit(root)
    return etree.tostring(root)


def remove(*names: str) -> Edit:
    """Delete elements as a modeler does, with their boundary events and flows."""

    def edit(root: etree._Element) -> None:
        gone = set(names)
        gone |= {
            event.get("id", "")
            for event in root.iter(f"{BPMN}boundaryEvent")
            if event.get("attachedToRef") in gone
        }
        for flow in root.iter(f"{BPMN}sequenceFlow"):
            if gone & {flow.get("sourceRef"), flow.get("targetRef")}:
                gone.add(flow.get("id", ""))
        for each in [each for each in root.iter() if each.get("id") in gone]:
            _take(each)
        for each in list(root.iter(f"{BPMN}incoming", f"{BPMN}outgoing", f"{BPMN}flowNodeRef")):
            if (each.text or "").strip() in gone:
                _take(each)
        for each in root.iter():
            if each.get("default") in gone:
                del each.attrib["default"]

    return edit


def drop(element: str, name: str) -> Edit:
    """Delete a property such as ``ehc:meets``, an input by its name, or a child such as ``formDefinition``."""

    def edit(root: etree._Element) -> None:
        found = [
            each
            for each in _own(root, element)
            if name in (each.get("name"), each.get("target"), _local(each))
        ]
        assert found, f"{element} has no {name}"
        for each in found:
            _take(each)

    return edit


def drop_rule(element: str, property_: str, rule: str) -> Edit:
    """Delete one rule of several in a property."""

    def edit(root: etree._Element) -> None:
        (found,) = [each for each in _own(root, element) if each.get("name") == property_]
        left = [word for word in found.get("value", "").split() if word != rule]
        assert len(left) < len(found.get("value", "").split())
        found.set("value", " ".join(left)) if left else _take(found)

    return edit


def unset(element: str, attribute: str) -> Edit:
    """Delete an attribute of an element or of what stands in it."""

    def edit(root: etree._Element) -> None:
        found = [each for each in (_element(root, element), *_own(root, element)) if attribute in each.attrib]
        assert found, f"{element} has no {attribute}"
        for each in found:
            del each.attrib[attribute]

    return edit


def retype(element: str, kind: str) -> Edit:
    """Make a gateway one of another kind."""

    def edit(root: etree._Element) -> None:
        found = _element(root, element)
        found.tag = f"{BPMN}{kind}"
        found.attrib.pop("default", None)

    return edit


def redirect(flow: str, target: str) -> Edit:
    """Let a flow, known by its two ends, lead to another element."""

    def edit(root: etree._Element) -> None:
        source, old = flow.split()
        flows = root.iter(f"{BPMN}sequenceFlow")
        (found,) = [each for each in flows if (each.get("sourceRef"), each.get("targetRef")) == (source, old)]
        found.set("targetRef", target)

    return edit


def _element(root: etree._Element, name: str) -> etree._Element:
    return next(each for each in root.iter() if each.get("id") == name)


def _own(root: etree._Element, name: str) -> Iterator[etree._Element]:
    """What stands in an element, but not in elements within it."""
    for each in _element(root, name):
        if _local(each) == "extensionElements":
            yield from (inner for inner in each.iter() if inner is not each)
        elif _local(each).endswith("EventDefinition"):
            yield each


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _take(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
