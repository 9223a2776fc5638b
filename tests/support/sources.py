"""The project's own files as material: which are committed, and the modules as syntax trees."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PRODUCT = ("engine", "notifications", "insight", "api", "web", "cli")
MIGRATIONS = "engine.store.migrations.versions"


@dataclass(frozen=True)
class Module:
    """One Python file of the project."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        """What is written in it."""
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, str(self.path))

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """The modules it imports, inside functions and for types alone too; `from a import b` gives `a.b`."""
        return tuple(self._imported())

    def _imported(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """The modules of some top folders (all of the product's by default), migrations left out."""
    paths = [
        ROOT / path
        for path in committed()
        if path.endswith(".py") and path.split("/")[0] in (folders or PRODUCT)
    ]
    named = (Module(_name(path), path) for path in sorted(paths) if path.exists())
    return tuple(module for module in named if not module.name.startswith(MIGRATIONS))


@cache
def committed() -> tuple[str, ...]:
    """The paths of the repository's files, new ones included and ignored ones not."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return tuple(path for path in dict.fromkeys(listed) if (ROOT / path).is_file())


def decoded(path: str) -> str:
    """What a file says. The national register of settings is published in Windows' letters, and so is our sample."""
    encoding = "cp1252" if Path(path).name.startswith("edubasealldata") else "utf-8"
    return (ROOT / path).read_bytes().decode(encoding)


def parse(text: str) -> ast.Module:
    """A piece of source for trying a rule on."""
    return ast.parse(text)


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
