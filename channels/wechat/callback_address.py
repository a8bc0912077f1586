"""Where the platform has to call an account's outlet; for the pages that tell the operator."""

from __future__ import annotations

from django.conf import settings

from channels.errors import ConfigError
from channels.models import Outlet


def address(outlet: Outlet) -> str:
    """For 服务器配置 in the platform's console."""
    return f"{settings.PUBLIC_URL}/wechat/{outlet.slug}/"


def is_set_up(outlet: Outlet) -> bool:
    """Whether a token is stored; without one every call is turned away."""
    try:
        return bool(outlet.secrets().get("callback_token"))
    except ConfigError:
        return False
