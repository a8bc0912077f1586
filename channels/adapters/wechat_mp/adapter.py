"""WeChatAdapter: one article of an official account per item, published without a push to followers.

The platform has no idempotency key and no way to edit what is out. Each step is therefore written down before and
after it is made (progress.py), our own key travels in the address behind 阅读原文, and a lost answer is looked up by
that key. The README says why the steps have this order.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from channels.adapters.wechat_mp.api.line import API_BASE, PARALLEL, line_of
from channels.adapters.wechat_mp.api.publishing import Platform
from channels.adapters.wechat_mp.article import preflight
from channels.adapters.wechat_mp.article.render import AUTHOR_MAX, DIGEST_MAX, TITLE_MAX, render
from channels.adapters.wechat_mp.looking import look
from channels.adapters.wechat_mp.removing import take_down
from channels.adapters.wechat_mp.sending import send
from channels.adapters.wechat_mp.visit import ARTICLE, Visit
from channels.contract import (
    Adapter,
    AssetReader,
    Capabilities,
    Checkpoint,
    Finding,
    Http,
    Observation,
    Option,
    OutletConfig,
    Receipt,
    Rendering,
    Update,
    Withdrawing,
)
from channels.edition import Edition
from channels.errors import ConfigError

UNKNOWN_WAIT = 900
"""Seconds after a lost submit before "not in the list" means that it never went out: a job may hold the draft."""


class WeChatAdapter(Adapter):
    key: ClassVar[str] = "wechat_mp"
    label: ClassVar[str] = "微信公众号"
    capabilities: ClassVar[Capabilities] = Capabilities(
        update=Update.REPLACE,
        withdrawal=Withdrawing.DELETE,
        repeatable=False,
        verifiable=True,
        headline_max_chars=TITLE_MAX,
        summary_max_chars=DIGEST_MAX,
        daily_quota=100,
        parallel=PARALLEL,
        # freepublish/get and getarticle allow 100 calls a day and account each.
        poll_seconds=(3, 10, 30, 120, 600, 1800, 3600, 7200),
        look_seconds=(600, 86_400, 604_800),
    )
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            name="appid",
            label="开发者 ID（AppID）",
            help="公众号后台“设置与开发—基本配置”中查看",
            drill="wxdemo9{number:011d}",
        ),
        Option(
            name="secret",
            label="开发者密码（AppSecret）",
            help="在同一页面重置后取得；保存后不再显示",
            secret=True,
            drill="demo-secret-placeholder",
        ),
        Option(
            name="account_name", label="公众号名称", help="仅在本系统内显示，如“品质城中”", required=False
        ),
        Option(
            name="author",
            label="默认作者",
            help=f"稿件没有作者时使用，最多 {AUTHOR_MAX} 字",
            required=False,
        ),
        Option(
            name="api_base",
            label="接口地址",
            help="一般不需要修改",
            required=False,
            default=API_BASE,
            drill="{sandbox}",
        ),
        Option(
            name="unknown_wait",
            label="结果不明时的等待（秒）",
            help="发布请求没有得到答复时，等待这么久仍查不到文章才重新提交",
            required=False,
            default=str(UNKNOWN_WAIT),
        ),
    )

    def __init__(
        self,
        outlet: OutletConfig,
        *,
        http: Http,
        assets: AssetReader,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` gives Unix seconds; it measures only how long a lost submit has been waited for."""
        super().__init__(outlet, http=http, assets=assets)
        self._clock = clock

    def profile(self) -> str:
        return self._option("author")

    def check(self, edition: Edition) -> tuple[Finding, ...]:
        own = preflight.findings(edition, default_author=self._option("author"))
        return (*super().check(edition), *own)

    def render(self, edition: Edition) -> Rendering:
        return render(edition, default_author=self._option("author"))

    async def deliver(
        self, rendering: Rendering, *, previous: Receipt | None, token: str, checkpoint: Checkpoint
    ) -> Receipt:
        visit = self._visit(checkpoint)
        return await send(visit, rendering, assets=self.assets, previous=previous, token=token)

    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:  # noqa: ARG002
        """Deletes the article, or the draft if no article came of it. A read-back proves it."""
        article_id = await take_down(self._visit(checkpoint), receipt)
        if not article_id:
            return replace(
                receipt, remote_id="", remote_url="", settled=False, note="没有已发布的文章，等待核对"
            )
        return replace(receipt, remote_id=f"{ARTICLE}:{article_id}", settled=False, note="已删除，等待核对")

    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:
        return await look(self._visit(checkpoint), receipt)

    def _visit(self, checkpoint: Checkpoint) -> Visit:
        """Raises ConfigError when the outlet is not filled in."""
        platform = Platform(line_of(self.outlet, checkpoint, clock=self._clock))
        return Visit(platform, checkpoint, self._clock, self._wait())

    def _wait(self) -> float:
        try:
            return float(self._option("unknown_wait"))
        except ValueError:
            raise ConfigError("“结果不明时的等待”须填写秒数，请在终端设置中更正") from None

    def _option(self, name: str) -> str:
        default = next(option.default for option in self.options if option.name == name)
        return self.outlet.options.get(name, "").strip() or default
