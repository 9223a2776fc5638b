"""What the HTML of a letter may hold: a whole page for everybody to read, and nothing that loads or runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html as lxml_html

#: Elements that load something, run something, or ask for something.
_ELEMENTS = frozenset(
    "applet audio base button canvas embed form frame frameset iframe image img input link math object"  # noqa: SIM905 -- quoted one by one they read worse
    " script select source svg template textarea track video".split()
)
_ATTRIBUTES = frozenset(
    "action background cite data formaction longdesc manifest ping poster src srcdoc srcset".split()  # noqa: SIM905 -- quoted one by one they read worse
)
_LINK = re.compile(r"(https?|mailto|tel):", re.IGNORECASE)
_LOADS = re.compile(r"url\s*\(|@import|image-set|\\", re.IGNORECASE)


def faults(page: str) -> Iterator[tuple[str, str, str]]:
    """What a written letter can't be sent with: what to look for in the template, the words, the remedy."""
    document = lxml_html.document_fromstring(page)
    for element in document.iter("*"):
        yield from _of_element(element)
    yield from _of_the_whole(page, document)


def _of_element(element: lxml_html.HtmlElement) -> Iterator[tuple[str, str, str]]:
    tag = str(element.tag).lower()
    if tag in _ELEMENTS:
        yield f"<{tag}", f"A letter holds no <{tag}>.", "Take it away: letters are text alone."
    if tag == "meta" and element.get("http-equiv"):
        yield "http-equiv", "A letter gives no orders to whoever shows it.", "Take http-equiv away."
    if tag == "style" and _LOADS.search(element.text or ""):
        yield "<style", "The style loads something.", "Take url(), @import and backslashes away."
    for name, value in element.items():
        yield from _of_attribute(str(name).lower(), str(value))


def _of_attribute(name: str, value: str) -> Iterator[tuple[str, str, str]]:
    if name.startswith("on"):
        yield name, f"A letter runs nothing ({name}).", f"Take {name} away."
    elif name in _ATTRIBUTES:
        yield f"{name}=", f"A letter loads nothing ({name}).", f"Take {name} away."
    elif name.endswith("href") and not _LINK.match(value.strip()):
        yield "href", "A link leads nowhere that a reader could go.", "Begin it with https:, mailto: or tel:."
    elif name == "style" and _LOADS.search(value):
        yield "style=", "The style loads something.", "Take url(), @import and backslashes away."


def _of_the_whole(page: str, document: lxml_html.HtmlElement) -> Iterator[tuple[str, str, str]]:
    lacking = []
    if "</head>" not in page or not (document.findtext(".//title") or "").strip():
        lacking.append("a head with a title")
    if not document.get("lang"):
        lacking.append("its language")
    if document.find(".//h1") is None:
        lacking.append("a first heading")
    if lacking:
        remedy = 'Begin with {% extends "_letter.html" %} and write its blocks title and letter.'
        yield "", f"The letter is no whole page: it lacks {' and '.join(lacking)}.", remedy
