"""WeChatAdapter: one article of an official account per item, published without a push to followers.

The platform has no idempotency key and no way to edit what is out. Each step is therefore written down before and
after it is made (progress.py), our own key travels in the address behind 阅读原文, and a lost answer is looked up by
that key. The README says why the steps have this order.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from channels.adapters.wechat_mp import codes, preflight
from channels.adapters.wechat_mp.client import PARALLEL, account
from channels.adapters.wechat_mp.platform import LOOK_BACK, Article, Job, Platform, Publishing
from channels.adapters.wechat_mp.progress import KEY_LENGTH, Journal, Mark, Progress, Stage
from channels.adapters.wechat_mp.render import AUTHOR_MAX, DIGEST_MAX, TITLE_MAX, render
from channels.adapters.wechat_mp.uploads import Uploads
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
    Presence,
    Receipt,
    Rendering,
    Update,
    Withdrawing,
)
from channels.edition import Edition, content_id_of
from channels.errors import ChannelError, ConfigError, Missing, OutcomeUnknown, Refused, Throttled

API_BASE = "https://api.weixin.qq.com"
UNKNOWN_WAIT = 900
"""Seconds after a lost submit before "not in the list" means that it never went out: a job may hold the draft."""
RUNNING_PAUSE = 30.0
"""Seconds until a publishing job that is under way is asked about again."""


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
        Option(name="appid", label="开发者 ID（AppID）", help="公众号后台“设置与开发—基本配置”中查看"),
        Option(
            name="secret",
            label="开发者密码（AppSecret）",
            help="在同一页面重置后取得；保存后不再显示",
            secret=True,
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
        Option(name="api_base", label="接口地址", help="一般不需要修改", required=False, default=API_BASE),
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
        """Draft, take down what is there, submit. Resumes behind the last step that is written down."""
        platform, journal = self._platform(), Journal(checkpoint, token)
        progress = await journal.load()
        if progress.stage is Stage.SUBMITTING:
            raise OutcomeUnknown("上一次发布请求没有得到答复，系统正在核对微信端实际情况，请勿手工重发")
        if progress.stage is not Stage.SUBMITTED:
            if previous is not None and previous.token != token:
                progress = await journal.move(progress, predecessor=json.dumps(previous.to_json()))
            copies = await platform.copies(_content_id(rendering.uri), pages=1)
            mine = _with_key(copies, journal.key)
            if mine is None:
                progress = await self._drafted(platform, rendering, progress, journal, checkpoint)
            progress = await self._cleared(platform, copies, progress, journal, checkpoint)
            if mine is not None:
                return _receipt(rendering, token, f"article:{mine.article_id}", remote_url=mine.url)
            progress = await self._submitted(platform, progress, journal)
        return _receipt(
            rendering,
            token,
            f"publish:{progress.publish_id}",
            settled=False,
            note="已提交发布，等待微信审核结果",
            raw={"media_id": progress.media_id, "msg_data_id": progress.msg_data_id},
        )

    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:  # noqa: ARG002
        """Deletes the article, or the draft if it never became one. A read-back proves it."""
        article_id = await self._take_down(self._platform(), receipt, checkpoint)
        if not article_id:
            return replace(
                receipt, remote_id="", remote_url="", settled=False, note="没有已发布的文章，等待核对"
            )
        return replace(receipt, remote_id=f"article:{article_id}", settled=False, note="已删除，等待核对")

    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:
        platform, journal = self._platform(), Journal(checkpoint, receipt.token)
        kind, _, remote_id = receipt.remote_id.partition(":")
        progress = await journal.load()
        if kind == "article":
            return await self._look_at_article(platform, receipt, remote_id, journal)
        publish_id = remote_id or progress.publish_id
        job = await self._job(platform, publish_id)
        if job is not None:
            return await self._after_review(receipt, publish_id, job, journal)
        return await self._look_for_copies(platform, receipt, progress, journal)

    # -- deliver ------------------------------------------------------------------------------------------------

    async def _drafted(
        self,
        platform: Platform,
        rendering: Rendering,
        progress: Progress,
        journal: Journal,
        checkpoint: Checkpoint,
    ) -> Progress:
        """A draft with our mark in it: the one written down, one found by its key, or a new one."""
        if progress.stage is Stage.DRAFTED and await platform.has_draft(progress.media_id):
            return progress
        media_id = await platform.find_draft(journal.key) if progress.stage is Stage.DRAFTING else ""
        if not media_id:
            uploads = Uploads(platform, self.assets, checkpoint, rendering)
            mark = Mark.of(journal.key, max(1, rendering.version))
            article = await uploads.article(mark.on(rendering.payload["content_source_url"]))
            progress = await journal.move(progress, stage=Stage.DRAFTING, media_id="")
            media_id = await uploads.add_draft(article)
        return await journal.move(progress, stage=Stage.DRAFTED, media_id=media_id)

    async def _cleared(
        self,
        platform: Platform,
        copies: Sequence[Article],
        progress: Progress,
        journal: Journal,
        checkpoint: Checkpoint,
    ) -> Progress:
        """Every other copy of the item taken down, so that readers never have two."""
        gone = ""
        if progress.predecessor:
            gone = await self._take_down(platform, _receipt_from(progress.predecessor), checkpoint)
            progress = await journal.move(progress, predecessor="")
        for copy in copies:
            if copy.article_id != gone and copy.mark and copy.mark.key != journal.key:
                await platform.delete_article(copy.article_id)
        return progress

    async def _submitted(self, platform: Platform, progress: Progress, journal: Journal) -> Progress:
        """One attempt. Only an answer that says no takes the mark back; after silence it stays for `verify`."""
        progress = await journal.move(progress, stage=Stage.SUBMITTING, submitted_at=self._clock())
        try:
            publish_id, msg_data_id = await platform.submit(progress.media_id)
        except (OutcomeUnknown, Missing) as error:
            raise OutcomeUnknown(
                "发布请求的结果未知，系统将先核对微信端实际情况，请勿手工重发",
                code=error.code,
                detail=error.detail,
            ) from error
        except ChannelError:
            await journal.move(progress, stage=Stage.DRAFTED)
            raise
        return await journal.move(
            progress, stage=Stage.SUBMITTED, publish_id=publish_id, msg_data_id=msg_data_id
        )

    # -- withdraw -----------------------------------------------------------------------------------------------

    async def _take_down(self, platform: Platform, receipt: Receipt, checkpoint: Checkpoint) -> str:
        """Deletes the article, or the draft if it never became one. Returns the article's id, if there is one."""
        journal = Journal(checkpoint, receipt.token)
        progress = await journal.load()
        kind, _, article_id = receipt.remote_id.partition(":")
        if kind != "article":
            article_id = await self._article_behind(platform, receipt, article_id, progress)
        if article_id:
            await platform.delete_article(article_id)
        elif progress.media_id:
            await platform.delete_draft(progress.media_id)
        await journal.forget()
        return article_id

    async def _article_behind(
        self, platform: Platform, receipt: Receipt, publish_id: str, progress: Progress
    ) -> str:
        """The article of a publishing job or of a lost submit; empty when there is none. Raises Throttled to wait."""
        job = await self._job(platform, publish_id or progress.publish_id)
        if job is not None:
            if job.state is Publishing.RUNNING:
                raise Throttled("文章仍在发布过程中，发布完成后立即撤下", retry_after=RUNNING_PAUSE)
            return job.article_id
        mark = Mark.of(receipt.token, receipt.version)
        copies = await platform.copies(_content_id(receipt.uri), pages=LOOK_BACK)
        article = _with_key(copies, mark.key)
        if article is None and progress.stage is Stage.SUBMITTING and self._is_fresh(progress):
            raise Throttled("上一次发布请求的结果尚未查明，查明后立即撤下", retry_after=RUNNING_PAUSE)
        return article.article_id if article else ""

    async def _job(self, platform: Platform, publish_id: str) -> Job | None:
        """None when there was no job, or the platform has forgotten it: then only the mark leads to the article."""
        try:
            return await platform.job(publish_id) if publish_id else None
        except Missing:
            return None

    # -- verify -------------------------------------------------------------------------------------------------

    async def _look_at_article(
        self, platform: Platform, receipt: Receipt, article_id: str, journal: Journal
    ) -> Observation:
        try:
            article = await platform.article(article_id)
        except Missing:
            await journal.forget()
            return Observation(presence=Presence.ABSENT, note="微信端查不到这篇文章")
        if article.deleted:
            await journal.forget()
            return Observation(presence=Presence.ABSENT, note="微信端文章已被删除")
        return _present(receipt, article)

    async def _after_review(
        self, receipt: Receipt, publish_id: str, job: Job, journal: Journal
    ) -> Observation:
        if job.state is Publishing.DONE:
            raw = {**receipt.raw, "publish_id": publish_id}
            article = Article(job.article_id, job.url, Mark.of(receipt.token, receipt.version), deleted=False)
            return _present(replace(receipt, raw=raw), article)
        if job.state is Publishing.RUNNING:
            return Observation(presence=Presence.PENDING, note="微信正在审核发布")
        if job.state is Publishing.REMOVED:
            await journal.forget()
            return Observation(presence=Presence.ABSENT, note=codes.PUBLISH_REMOVALS[job.status])
        progress = await journal.load()
        if progress.publish_id == publish_id:
            await journal.move(progress, stage=Stage.DRAFTED, publish_id="")
        raise Refused(codes.PUBLISH_FAILURES[job.status], code=f"publish_status={job.status}")

    async def _look_for_copies(
        self, platform: Platform, receipt: Receipt, progress: Progress, journal: Journal
    ) -> Observation:
        """What became of a call whose answer was lost: our article, the one before it, or none."""
        copies = await platform.copies(_content_id(receipt.uri), pages=LOOK_BACK)
        mine = _with_key(copies, journal.key)
        if mine is not None:
            return _present(receipt, mine)
        if progress.stage is Stage.SUBMITTING:
            return await self._look_for_submit(platform, progress, journal)
        if copies:
            return _present(receipt, copies[0])
        if progress.predecessor:
            before = _receipt_from(progress.predecessor)
            kind, _, article_id = before.remote_id.partition(":")
            if kind == "article":
                return await self._look_at_article(platform, before, article_id, journal)
        return Observation(presence=Presence.ABSENT, note="微信端没有这篇文章，发布请求尚未发出")

    async def _look_for_submit(self, platform: Platform, progress: Progress, journal: Journal) -> Observation:
        """A submit that left no article so far. A draft that is still there after the wait was never submitted."""
        if self._is_fresh(progress):
            return Observation(presence=Presence.PENDING, note="发布请求的结果尚未查明，系统继续核对")
        if await platform.has_draft(progress.media_id):
            await journal.move(progress, stage=Stage.DRAFTED)
            return Observation(presence=Presence.ABSENT, note="草稿仍在草稿箱，发布请求未生效")
        return Observation(
            presence=Presence.UNKNOWN,
            note="草稿已不在草稿箱，已发布列表中也没有这篇文章，请登录公众号后台核对后人工确认",
        )

    def _is_fresh(self, progress: Progress) -> bool:
        return self._clock() - progress.submitted_at < self._wait()

    # -- settings -----------------------------------------------------------------------------------------------

    def _wait(self) -> float:
        try:
            return float(self._option("unknown_wait"))
        except ValueError:
            return UNKNOWN_WAIT

    def _option(self, name: str) -> str:
        default = next(option.default for option in self.options if option.name == name)
        return self.outlet.options.get(name, "").strip() or default

    def _platform(self) -> Platform:
        """Raises ConfigError when the outlet is not filled in."""
        appid, secret = self._option("appid"), self.outlet.secrets.get("secret", "").strip()
        if not appid or not secret:
            raise ConfigError("公众号的 AppID 或密钥未填写，请在终端设置中补充")
        return Platform(account(self._option("api_base").rstrip("/"), appid, secret))


def _receipt(
    rendering: Rendering,
    token: str,
    remote_id: str,
    *,
    remote_url: str = "",
    settled: bool = True,
    note: str = "",
    raw: dict[str, str] | None = None,
) -> Receipt:
    return Receipt(
        token=token,
        uri=rendering.uri,
        version=rendering.version,
        remote_id=remote_id,
        remote_url=remote_url,
        settled=settled,
        note=note,
        raw=raw or {},
    )


def _receipt_from(text: str) -> Receipt:
    return Receipt.from_json(json.loads(text))


def _content_id(uri: str) -> str:
    """The UUID of an item, as it stands in the addresses of its copies."""
    return str(content_id_of(uri))


def _with_key(copies: Sequence[Article], key: str) -> Article | None:
    return next((copy for copy in copies if copy.mark and copy.mark.key == key), None)


def _present(receipt: Receipt, article: Article) -> Observation:
    """The article is there. The mark tells the edition; without it somebody has edited the article by hand."""
    found = replace(
        receipt,
        remote_id=f"article:{article.article_id}",
        remote_url=article.url or receipt.remote_url,
        settled=True,
        note="",
    )
    if article.mark is None:
        note = "文章的原文链接已被人工改动，无法确认版本"
        return Observation(presence=Presence.PRESENT, remote_url=found.remote_url, note=note, receipt=found)
    if article.mark.key != receipt.token[:KEY_LENGTH]:
        found = replace(found, token=article.mark.key, raw={})
    found = replace(found, version=article.mark.version)
    return Observation(
        presence=Presence.PRESENT, version=found.version, remote_url=found.remote_url, receipt=found
    )
