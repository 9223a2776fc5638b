"""What an installation can set, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import SetupError

#: The folder that holds `bpmn/`, `examples/` and, by default, `var/`.
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Where the data are and what is deployed."""

    #: Address of the database: `sqlite:///path` or `postgresql://user@server/name`.
    database_url: str
    #: Folder of the diagrams, tables and forms that a new authority starts with.
    bpmn_folder: Path
    #: The demonstration authority's description.
    demonstration: Path
    #: What whoever scrapes `/metrics` must send as a bearer token; None: nobody is asked.
    metrics_token: str | None = None
    #: How lines of the log are written: `text` for people, `json` for programs.
    log_form: str = "text"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """`EHC_DATABASE_URL`, `EHC_BPMN`, `EHC_DEMONSTRATION`; each has a default under the project.

        `EHC_METRICS_TOKEN` has none: without it `/metrics` is open.
        """
        given = os.environ if environment is None else environment
        return cls(
            database_url=given.get("EHC_DATABASE_URL") or f"sqlite:///{Path.cwd() / 'var' / 'ehc.db'}",
            bpmn_folder=Path(given.get("EHC_BPMN") or ROOT / "bpmn"),
            demonstration=Path(given.get("EHC_DEMONSTRATION") or ROOT / "examples" / "authority.yaml"),
            metrics_token=given.get("EHC_METRICS_TOKEN") or None,
            log_form=_one_of("EHC_LOG", given.get("EHC_LOG") or "text", "text", "json"),
        )

    def described(self) -> dict[str, str]:
        """The settings as they may be shown: a password in the address is hidden."""
        return {
            "database_url": self._shown_url(),
            "bpmn_folder": str(self.bpmn_folder),
            "demonstration": str(self.demonstration),
        }

    def _shown_url(self) -> str:
        try:
            return make_url(self.database_url).render_as_string(hide_password=True)
        except ArgumentError:
            return "not a database address"


def _one_of(name: str, value: str, *allowed: str) -> str:
    if value not in allowed:
        raise SetupError(f"{name} is one of {', '.join(allowed)}, not {value!r}.")
    return value
