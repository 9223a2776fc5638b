"""What a template tells, taken apart: its sentences, its fields, the parts of the appeal pack it marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError
from lxml import html as lxml_html

from engine.letters.sources import shown_in

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_MARKED = re.compile(r"""data-part\s*=\s*["']([^"']+)["']""")
#: Elements that don't end what is being said.
_INLINE = frozenset("a abbr b bdi cite code em i mark q s small span strong sub sup time u".split())  # noqa: SIM905 -- quoted one by one they read worse
_UNSAID = frozenset(("style", "script"))
_READER = Environment(trim_blocks=True, lstrip_blocks=True)  # noqa: S701 -- it reads, and renders nothing


@dataclass(frozen=True)
class Told:
    """What a template tells, each in the order in which it stands there; a field is shown as `{field}`."""

    sentences: tuple[str, ...]
    fields: tuple[str, ...]
    parts: tuple[str, ...]


def told_by(source: str, *, is_html: bool) -> Told:
    """What a template tells; one that can't be read tells nothing."""
    try:
        plain = _plain(source)
        fields = shown_in(_READER.parse(source)) - {"self", "loop"}
    except (TemplateSyntaxError, RecursionError):
        return Told((), (), ())
    text = "\n".join(_lines(plain)) if is_html and plain.strip() else plain
    said = (" ".join(each.split()) for each in _SENTENCE.split(text))
    parts = _MARKED.findall(source) if is_html else ()
    return Told(tuple(dict.fromkeys(filter(None, said))), tuple(sorted(fields)), tuple(dict.fromkeys(parts)))


def _plain(source: str) -> str:
    """A template without what it does: its text, and what it shows in braces."""
    pieces: list[str] = []
    shown: list[str] | None = None
    for _, kind, value in _READER.lex(source):
        if kind == "data":
            pieces.append(value)
        elif kind == "variable_begin":
            shown = []
        elif kind == "variable_end":
            pieces.append("{" + "".join(shown or ()).strip() + "}")
            shown = None
        elif shown is not None:
            shown.append(value)
    return "".join(pieces)


def _lines(plain: str) -> Iterator[str]:
    """The text of a piece of HTML, a line for each element that stands by itself."""
    line: list[str] = []
    for is_break, text in _texts(lxml_html.fragment_fromstring(plain, create_parent="div")):
        if is_break and line:
            yield "".join(line).replace("\n", " ")
            line = []
        line.append(text)
    yield "".join(line).replace("\n", " ")


def _texts(element: lxml_html.HtmlElement) -> Iterator[tuple[bool, str]]:
    """The texts inside an element, each with whether it begins something new."""
    is_block = element.tag not in _INLINE
    if isinstance(element.tag, str) and element.tag not in _UNSAID:
        yield is_block, element.text or ""
        for child in element:
            yield from _texts(child)
            yield child.tag not in _INLINE, child.tail or ""
