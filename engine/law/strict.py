"""Reading law data strictly: no unknown key, no key twice, nothing missing, every refusal says the form."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, TypeVar, cast

import yaml

from engine.law.errors import StatuteRefused

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # PyYAML without its C library: ten times slower, otherwise the same
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

_Choice = TypeVar("_Choice", bound=str)


class _UniqueKeys(_SafeLoader):
    """Refuses a table that writes one key twice, which YAML would pass over in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable) and key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{key} is written twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(text: str, where: str) -> object:
    """The data of a YAML text.

    Raises:
        StatuteRefused: if it is no YAML, or writes a key twice.
    """
    try:
        return yaml.load(text, _UniqueKeys)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}" if error.problem_mark else "the file"
        raise StatuteRefused(where, line, f"{error.problem}.", "Correct the YAML there.") from error
    except yaml.YAMLError as error:
        raise StatuteRefused(where, "the file", f"it can't be read: {error}.", "Write it as YAML.") from error


class Table:
    """A table of keys in a data file, which knows where it stands."""

    def __init__(self, data: object, where: str, path: str) -> None:
        self.where = where
        self.path = path
        if not isinstance(data, Mapping):
            raise self.refusal(None, "it is no table.", "Write it as keys with values.")
        self._data = data

    def refusal(self, key: str | None, problem: str, remedy: str) -> StatuteRefused:
        """What to raise about one of the keys, or about the table itself."""
        path = ".".join(part for part in (self.path, key) if part)
        return StatuteRefused(self.where, path or "the file", problem, remedy)

    def allow(self, required: Collection[str], optional: Collection[str] = ()) -> Table:
        """Refuse any key that is neither required nor optional, and any that is missing."""
        allowed = [*required, *optional]
        for key in self._data:
            if key not in allowed:
                near = get_close_matches(str(key), allowed, n=1, cutoff=0.7)
                remedy = f"Did you mean {near[0]}?" if near else f"The keys are {', '.join(allowed)}."
                raise self.refusal(str(key), "this key isn't known.", remedy)
        for key in required:
            if key not in self._data:
                raise self.refusal(key, "it is missing.", f"Every entry needs {', '.join(required)}.")
        return self

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def __getitem__(self, key: str) -> object:
        return self._data.get(key)

    def entries(self, key: str | None = None) -> Iterator[tuple[Any, object]]:
        """The keys and values of the table, or of a table in it."""
        table = self if key is None else Table(self[key], self.where, self._under(key))
        yield from table._data.items()

    def table(self, key: str) -> Table:
        """A table in this one."""
        return Table(self[key], self.where, self._under(key))

    def text(self, key: str) -> str:
        """A text that isn't empty."""
        value = self[key]
        if not isinstance(value, str) or not value.strip():
            raise self.refusal(key, f"{value!r} is no text.", "Write some words.")
        return value.strip()

    def optional_text(self, key: str) -> str | None:
        """A text, or None where the key is absent."""
        return self.text(key) if key in self else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; nothing where the key is absent."""
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.refusal(key, f"{value!r} is no list of texts.", "Write it as [one, another].")
        return tuple(value)

    def day(self, key: str) -> date:
        """A date."""
        value = self[key]
        if type(value) is not date:
            raise self.refusal(key, f"{value!r} is no date.", "Write it as YYYY-MM-DD.")
        return value

    def optional_day(self, key: str) -> date | None:
        """A date, or None where it says null or nothing."""
        return None if self[key] is None else self.day(key)

    def flag(self, key: str) -> bool:
        """True or false; false where the key is absent."""
        value = self._data.get(key, False)
        if not isinstance(value, bool):
            raise self.refusal(key, f"{value!r} is neither true nor false.", "Write true or false.")
        return value

    def choice(self, key: str, allowed: Collection[_Choice]) -> _Choice:
        """One of a closed list of words."""
        value = self[key]
        if value not in allowed:
            problem = "it is missing." if value is None else f"{value!r} isn't allowed."
            raise self.refusal(key, problem, f"Write one of {', '.join(allowed)}.")
        return cast(_Choice, value)

    def _under(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key
