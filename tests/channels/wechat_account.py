"""What the tests of accounts share: an outlet that speaks to a sandbox, each with an account nobody has used."""

from __future__ import annotations

import itertools
from typing import Any

from channels.models import Outlet
from channels.sandbox.config import DEMO_SECRET
from channels.sandbox.running import RunningSandbox

_numbers = itertools.count(1)


def new_account(
    sandbox: RunningSandbox, *, secret: str = DEMO_SECRET, slug: str = "", **options: Any
) -> Outlet:
    """An outlet of its own account in the sandbox; `options` are the channel's settings."""
    number = next(_numbers)
    outlet = Outlet(slug=slug or f"mp-{number}", name=f"公众号{number}", channel="wechat_mp")
    outlet.options = {"appid": f"wxdemo7{number:011d}", "api_base": sandbox.url, **options}
    outlet.set_secrets({"secret": secret})
    outlet.save()
    return outlet
