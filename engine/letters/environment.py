"""Where templates of letters run: everything escaped, nothing undefined, no reach outside their own files."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.letters.sources import Sources


def environment(sources: Sources) -> ImmutableSandboxedEnvironment:
    """What compiles the templates of some files, each known by its file's name."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (sources[name], name, lambda: True) if name in sources else None

    made = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.globals.clear()
    return made


def place_of(problem: BaseException, sources: Sources, file: str) -> tuple[str, int | None]:
    """The file and line of a template at which writing it failed; the letter's own where that isn't known."""
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if frame.filename in sources]
    return (frames[-1].filename, frames[-1].lineno) if frames else (file, None)
