"""The modelling tools of `tools/diagrams`, which run on Node: bpmn-js, its linters and headless Chromium."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.errors import SetupError

ROOT = Path(__file__).resolve().parent.parent
_SCRIPTS = Path("tools/diagrams")
#: Seconds; forty large diagrams take some twenty.
_LONGEST = 600


def answers(script: str, *arguments: str | Path, root: Path = ROOT) -> list[Any]:
    """Run one of the scripts and give what it answers, one value for each line that it prints.

    Args:
        script: its name, such as "render.mjs".
        root: the folder that has `tools/diagrams` and `node_modules`.

    Raises:
        SetupError: Node or its packages are missing, or the script failed; with its last words.
    """
    command = [_node(root), str(root / _SCRIPTS / script), *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST, check=False)  # noqa: S603
    if ended.returncode != 0:
        raise SetupError(f"{_SCRIPTS / script} failed: {_last_words(ended.stderr)}")
    return [json.loads(line) for line in ended.stdout.splitlines()]


def _node(root: Path) -> str:
    node = shutil.which("node")
    if node is None:
        raise SetupError("Drawing needs Node 20 or later, and there is no 'node' on the PATH. Install it.")
    if not (root / "node_modules" / "bpmn-js").is_dir():
        raise SetupError(
            f"Drawing needs the modelling tools, and {root} has none. Run there: make setup-test"
        )
    return node


def _last_words(errors: str) -> str:
    said: Sequence[str] = [line.strip() for line in errors.splitlines() if "Error" in line]
    return said[-1] if said else errors.strip()[-400:] or "it said nothing."
