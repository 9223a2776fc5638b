"""Several models that may import each other, read in the order that their imports ask for."""

from __future__ import annotations

from collections.abc import Mapping

from engine.dmn.merging import merged
from engine.dmn.model import Model, model_of
from engine.dmn.problems import ModelProblem, ModelRefused
from engine.dmn.xml import children, read_root
from engine.feel.builtins import BUILTINS
from engine.feel.functions import Functions


def read_models(
    files: Mapping[str, bytes], functions: Functions = BUILTINS, *, lenient: bool = False
) -> dict[str, Model]:
    """Read models that may import each other.

    Args:
        files: contents by file name.
        functions: the built-ins their expressions may call.
        lenient: as in ``read_model``.

    Returns:
        The models by file name, in the order of ``files``.

    Raises:
        ModelRefused: for the first file that can't be used, or models that import each other in a circle.
    """
    alone = {name: read_root(xml, name) for name, xml in files.items()}
    owner = {root.get("namespace") or "": name for name, root in alone.items()}
    by_namespace = {space: alone[name] for space, name in owner.items()}
    roots = {name: merged(root, by_namespace) for name, root in alone.items()}
    wanted = {
        name: [owner[space] for one in children(root, "import") if (space := one.get("namespace")) in owner]
        for name, root in roots.items()
    }
    models: dict[str, Model] = {}
    for name in _in_order(wanted):
        imports = [models[other] for other in wanted[name]]
        models[name] = model_of(roots[name], name, imports, functions, lenient=lenient)
    return {name: models[name] for name in files}


def _in_order(wanted: Mapping[str, list[str]]) -> list[str]:
    """The files so that each comes after those it imports.

    Raises:
        ModelRefused: if there is no such order.
    """
    order: list[str] = []
    while len(order) < len(wanted):
        ready = [name for name in wanted if name not in order and set(wanted[name]) <= set(order)]
        if not ready:
            stuck = [name for name in wanted if name not in order]
            message = f"These models import each other in a circle: {', '.join(stuck)}."
            raise ModelRefused(stuck[0], [ModelProblem(stuck[0], message, "Remove one of the imports.")])
        order.extend(ready)
    return order
