"""Input and output mappings of an element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spiff.expressions import Formula
from engine.spiff.variables import LOCAL, frames_around, write, write_local

if TYPE_CHECKING:
    from engine.spiff.tokens import Token


@dataclass(frozen=True)
class Mappings:
    """Each mapping is a formula and the variable, or path into one, that takes its value."""

    inputs: tuple[tuple[Formula, str], ...] = ()
    outputs: tuple[tuple[Formula, str], ...] = ()

    def read_inputs(self, token: Token) -> None:
        """Work the inputs out, each seeing those before it, into the token's local frame."""
        for formula, target in self.inputs:
            name, _, path = target.partition(".")
            write_local(token, LOCAL, name, formula.value(token), path)

    def settle(self, token: Token, results: Mapping[str, object]) -> None:
        """Take in what an element yields: by the outputs if there are any, else as it is."""
        if not self.outputs:
            for name, value in results.items():
                write(token, name, value)
            return
        for name, value in results.items():
            write_local(token, LOCAL, name, value)
        self.write_outputs(token)

    def write_outputs(self, token: Token) -> None:
        """Work the outputs out over the local frame, and write them outside it."""
        for formula, target in self.outputs:
            name, _, path = target.partition(".")
            write(token, name, formula.value(token), frames_around(token), path)


NO_MAPPINGS = Mappings()
