"""What readers find at the site: what the interface says of the post, and then the public page itself."""

from __future__ import annotations

from dataclasses import replace

from channels.adapters.wordpress.article import mark_in
from channels.adapters.wordpress.posts import PUBLISHED, Post
from channels.answers import failure_of
from channels.contract import Http, Observation, Presence, Receipt
from channels.errors import ConfigError, Missing
from channels.markup import decoded, is_web_address
from channels.readback import FRESH

SCHEDULED = "future"


class Looking:
    def __init__(self, http: Http, *, drafts: bool) -> None:
        """`drafts`: a person at the site publishes what comes."""
        self._http = http
        self._drafts = drafts

    async def see(self, receipt: Receipt, post: Post | None) -> Observation:
        if post is not None and post.status == PUBLISHED:
            return await self._published(replace(receipt, remote_id=str(post.number), remote_url=post.link))
        gone = await self._lingering(receipt)
        if gone is not None:
            return gone
        if post is None and receipt.awaits_person:
            note = "草稿已不在网站上，可能被对方删除；对方不采用的请登记“拒用”，重新投递请点“重试”"
            return Observation(presence=Presence.UNKNOWN, note=note)
        if post is None or receipt.raw.get("withdrawn"):
            return Observation(presence=Presence.ABSENT, note="网站上已没有这篇文章")
        return self._unpublished(receipt, post)

    async def _published(self, receipt: Receipt) -> Observation:
        """The interface says published; the page has to say so too, with the edition that it shows."""
        status, version, note = await self._page(receipt)
        if version is None and status != 200:
            note = note or f"接口显示已发布，但页面打不开（{status}），请对方检查网站的固定链接设置"
        elif version is None:
            note = "页面可以打开，但没有稿件标识，请打开页面核对；多为主题或缓存插件改动了正文"
        presence = Presence.UNKNOWN if version is None else Presence.PRESENT
        return Observation(
            presence=presence, version=version, remote_url=receipt.remote_url, note=note, receipt=receipt
        )

    async def _lingering(self, receipt: Receipt) -> Observation | None:
        """A page that readers still see although the post is gone: a page cache. None: there is none."""
        if not receipt.remote_url:
            return None
        _, version, _ = await self._page(receipt)
        if version is None:
            return None
        note = "文章已撤下，但页面仍能打开，多为网站的页面缓存，请对方清除缓存"
        return Observation(
            presence=Presence.PRESENT, version=version, remote_url=receipt.remote_url, note=note
        )

    def _unpublished(self, receipt: Receipt, post: Post) -> Observation:
        if post.status == SCHEDULED:
            note = "网站的时钟慢于本系统，文章到时自动发布；长时间未发布的，请对方校准服务器时间"
            return Observation(presence=Presence.PENDING, note=note)
        if not self._drafts:
            return Observation(presence=Presence.ABSENT, note="文章在网站后台是草稿，读者看不到")
        waiting = replace(receipt, remote_id=str(post.number), awaits_person=True, watched=True)
        note = "等待对方网站管理员在后台发布"
        return Observation(presence=Presence.PENDING, note=note, receipt=replace(waiting, note=note))

    async def _page(self, receipt: Receipt) -> tuple[int, int | None, str]:
        """(status, edition shown or None, what hinders the look). One bad address must not stop the whole outlet."""
        if not is_web_address(receipt.remote_url):
            return 0, None, "网站没有给出页面地址，请打开网站核对"
        try:
            answer = await self._http.request("GET", receipt.remote_url, headers=FRESH)
            failure = failure_of(answer, write=False)
        except ConfigError as error:
            return 0, None, error.message
        if failure is not None and not isinstance(failure, ConfigError | Missing):
            raise failure
        mark = mark_in(decoded(answer.body), receipt.uri) if failure is None else None
        return answer.status, (mark.version if mark and mark.uri == receipt.uri else None), ""
