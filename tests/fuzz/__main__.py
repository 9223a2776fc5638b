"""`python -m tests.fuzz [TARGET...]`: let a coverage-guided fuzzer loose on what strangers' bytes reach first.

Each target runs in a process of its own for EHC_FUZZ_SECONDS (20), with its memory bounded; what breaks it is
written into build/fuzz. Needs the fuzzer: pip install atheris.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path("build/fuzz")
#: Megabytes that a target may take, the engine's own modules included.
MEMORY = 700
#: Seconds that one input may take.
PATIENCE = 10


def run(name: str) -> None:
    """Fuzz one target in this process; it ends the process."""
    import atheris

    with atheris.instrument_imports(include=["api", "engine"]):
        from tests.fuzz.targets import TARGETS

    target, seeds = TARGETS[name]
    corpus = FOLDER / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    seconds = os.environ.get("EHC_FUZZ_SECONDS", "20")
    options = [
        f"-max_total_time={seconds}",
        f"-rss_limit_mb={MEMORY}",
        f"-timeout={PATIENCE}",
        "-max_len=4096",
    ]
    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={FOLDER}/{name}-", *options], target)
    atheris.Fuzz()


def main(names: list[str]) -> int:
    """Fuzz the targets one after the other; gives how many broke."""
    from tests.fuzz.targets import TARGETS

    broken = []
    for name in names or list(TARGETS):
        print(f"# {name}", flush=True)
        ended = subprocess.run([sys.executable, "-m", "tests.fuzz", "--here", name], check=False)
        if ended.returncode:
            broken.append(name)
    print(f"broken: {', '.join(broken)}" if broken else "nothing broke")
    return len(broken)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--here"]:
        run(sys.argv[2])
    sys.exit(main(sys.argv[1:]))
