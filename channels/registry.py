"""From an outlet's row to the adapter that speaks to it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from channels.adapters import CHANNELS
from channels.contract import Adapter, AssetReader, Http
from channels.errors import ConfigError
from channels.models import Outlet


@cache
def adapter_class(channel: str) -> type[Adapter]:
    """The class that speaks `channel`. Raises ConfigError for an unknown one."""
    try:
        module, _, name = CHANNELS[channel].rpartition(".")
    except KeyError as error:
        raise ConfigError(f"没有名为“{channel}”的渠道，请管理员核对终端的渠道设置") from error
    return cast("type[Adapter]", getattr(import_module(module), name))


def adapter_for(outlet: Outlet, *, http: Http, assets: AssetReader) -> Adapter:
    """An adapter instance for one outlet. Raises ConfigError when the outlet cannot be used as it is set up."""
    return adapter_class(outlet.channel)(outlet.config(), http=http, assets=assets)
