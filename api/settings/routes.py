"""`/settings`: schools and other settings, as the national register has them."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission
from api.context import current_engine, current_principal
from api.settings.schemas import SETTING_PAGE, SettingPage, SettingQuery
from engine.services import settings_register as service

settings = Blueprint("settings", f"{API_ROOT}/settings", "Settings, as the national register has them.")


@settings.get("")
@permission("setting:read")
@settings.filters(SettingQuery)
@settings.answers(200, SettingPage, SETTING_PAGE)
def list_settings(query: dict[str, Any]) -> Response:
    """List settings.

    By URN, as the operator has last read the register; `successors` took the place of one that has closed.
    """
    return answer(service.list_settings(current_engine(), current_principal(), **query))
