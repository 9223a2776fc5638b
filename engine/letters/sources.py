"""The texts of templates: read from a folder, followed to the parts that they share, versioned by content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import nodes

#: How the names of templates end.
SUFFIX = ".html"
#: Templates whose name begins so are parts of others.
SHARED = "_"
#: Letters and digits of a template's version.
_VERSION_LENGTH = 12

Sources = Mapping[str, str]


def read_folder(folder: Path) -> dict[str, str]:
    """The templates of a folder: text by the name of the file.

    Raises:
        UnicodeDecodeError: one isn't text in UTF-8.
    """
    return {path.name: path.read_bytes().decode() for path in sorted(folder.glob(f"*{SUFFIX}"))}


def kinds_of(sources: Sources) -> list[str]:
    """The kinds of notice that there is a template for."""
    return sorted(name.removesuffix(SUFFIX) for name in sources if is_whole(name))


def is_whole(file: str) -> bool:
    """Whether a file is a letter's own template, and no part that letters share."""
    return file.endswith(SUFFIX) and not file.startswith(SHARED)


def version_of(sources: Sources, kind: str) -> str:
    """What identifies a template: a hash over it and the parts that all templates share."""
    whole = hashlib.sha256()
    for name in [*sorted(name for name in sources if name.startswith(SHARED)), f"{kind}{SUFFIX}"]:
        whole.update(sources[name].encode())
    return whole.hexdigest()[:_VERSION_LENGTH]


def shown_in(tree: nodes.Template) -> set[str]:
    """The names that a template shows and doesn't set itself.

    Jinja2's own answer to this works out constants, which a template can make endless.
    """
    names = list(tree.find_all(nodes.Name))
    return {node.name for node in names if node.ctx == "load"} - {
        node.name for node in names if node.ctx == "store"
    }


def named_in(tree: nodes.Template) -> Iterator[tuple[str | None, int]]:
    """The templates that one extends or includes, each with its line; None: a name that is worked out."""
    for node in tree.find_all((nodes.Extends, nodes.Include)):
        written = getattr(node, "template", None)
        value = written.value if isinstance(written, nodes.Const) else None
        yield (value if isinstance(value, str) else None), node.lineno
