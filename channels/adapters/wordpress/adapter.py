"""wordpress: an item as a post of a WordPress site that we do not run (a sub-office's own), by its REST interface.

A post is created as a draft, which no reader sees, and published by its number: so a lost answer or a race can leave a
second draft, never a second page. README.md walks through it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from channels.adapters.wordpress import article
from channels.adapters.wordpress.account import DRAFT, Account
from channels.adapters.wordpress.looking import Looking
from channels.adapters.wordpress.media import Media
from channels.adapters.wordpress.posts import PUBLISHED, Post, Posts, link_of
from channels.adapters.wordpress.site import Site
from channels.contract import (
    Adapter,
    Capabilities,
    Checkpoint,
    Finding,
    Observation,
    Option,
    Receipt,
    Rendering,
    Severity,
    Update,
    Withdrawing,
)
from channels.edition import Edition

FILE_BYTES_USUAL = 8_000_000
"""What a request may have in PHP as it comes (post_max_size 8M, PHP 8.2)."""
BY_HAND = "已存为草稿，请对方网站管理员在 WordPress 后台核对后发布"


class WordPressAdapter(Adapter):
    """`checkpoint` entries: `post` (this placement's post), and the outlet's `route`, `account.*`, `category.*`, `media.*`."""

    key = "wordpress"
    label = "WordPress 网站"
    capabilities = Capabilities(
        update=Update.IN_PLACE,
        withdrawal=Withdrawing.DELETE,
        repeatable=True,
        verifiable=True,
        # One at a time: two items with one picture would both upload it, and such sites are small.
        parallel=1,
    )
    options = (
        Option(
            name="url",
            label="网站地址",
            help="网站首页的地址，以 https:// 开头",
            unique=True,
            drill="{sandbox}/wordpress/{slug}",
        ),
        Option(
            name="username",
            label="用户名",
            help="请对方为本系统单独建一个账号，角色选“编辑”或“作者”；不要用管理员账号",
            drill="tongsheng",
        ),
        Option(
            name="password",
            label="应用密码",
            help="用该账号登录对方后台，在“个人资料—应用程序密码”中生成；不是登录密码",
            secret=True,
            drill="demo-secret-placeholder",
        ),
        Option(
            name="status",
            label="发布方式",
            help="“存为草稿”由对方网站管理员在后台核对发布；发布以后的更正和撤稿不再经过他",
            required=False,
            default=PUBLISHED,
            choices=((PUBLISHED, "直接发布"), (DRAFT, "存为草稿")),
        ),
        Option(
            name="categories",
            label="栏目对应",
            help="栏目代码=分类目录的别名或编号，用逗号隔开，如 gonggao=tongzhi，*=xinwen；没有对应的归入网站默认分类",
            required=False,
        ),
    )

    def profile(self) -> str:
        """What is particular to a site (categories, media) is filled in by the delivery."""
        return ""

    def check(self, edition: Edition) -> tuple[Finding, ...]:
        large = (
            Finding(
                place="附件" if not asset.is_image else "图片",
                problem=f"“{asset.name}”超过 8 MB，对方服务器可能不收",
                fix="请压缩后重新上传",
                severity=Severity.WARN,
            )
            for asset in edition.assets
            if asset.size > FILE_BYTES_USUAL
        )
        return (*super().check(edition), *large)

    def render(self, edition: Edition) -> Rendering:
        return article.rendering(edition, self.outlet.asset_url)

    async def deliver(
        self,
        rendering: Rendering,
        *,
        previous: Receipt | None,
        token: str,
        checkpoint: Checkpoint,
    ) -> Receipt:
        site = Site(self.outlet, self.http, checkpoint)
        posts, account = Posts(site), Account(self.outlet, site, checkpoint)
        await account.confirm()
        fields = await self._fields(rendering, site, account, checkpoint)
        post = await self._own_post(rendering, fields, posts, previous, checkpoint)
        if (post.version or 0) > rendering.version:
            # Never old over new: whoever was faster has published a later edition; a look will tell.
            return self._receipt(rendering, token, post.number, post.link)
        there = await posts.change(post.number, self._change(post, fields))
        by_hand = self._drafts and there.get("status") != PUBLISHED
        return self._receipt(rendering, token, post.number, link_of(there), by_hand=by_hand)

    async def withdraw(self, receipt: Receipt, *, reason: str, checkpoint: Checkpoint) -> Receipt:  # noqa: ARG002
        """Every post of the item, so that no forgotten draft is published later."""
        posts = Posts(Site(self.outlet, self.http, checkpoint))
        known = await posts.by_number(receipt.remote_id, receipt.uri)
        found = {post.number: post for post in [*([known] if known else []), *await posts.of(receipt.uri)]}
        for number in found:
            await posts.discard(number)
        links = [post.link for post in found.values() if post.status == PUBLISHED]
        return replace(
            receipt,
            remote_url=receipt.remote_url or next(iter(links), ""),
            settled=False,
            awaits_person=False,
            watched=False,
            note="",
            raw={"withdrawn": True},
        )

    async def verify(self, receipt: Receipt, *, checkpoint: Checkpoint) -> Observation:
        posts = Posts(Site(self.outlet, self.http, checkpoint))
        post = await posts.by_number(receipt.remote_id, receipt.uri)
        if post is None:
            post = next(iter(await posts.of(receipt.uri)), None)
        return await Looking(self.http, drafts=self._drafts).see(receipt, post)

    async def probe(self) -> str:
        """Reads what a delivery reads before it writes; asks anew, whatever the outlet remembers."""
        notes = _OneTrial()
        site = Site(self.outlet, self.http, notes)
        account = Account(self.outlet, site, notes)
        rights = "账号权限够用" if await account.confirm() else "对方隐藏了账号信息，权限以首次投递为准"
        await site.get("posts", {"context": "edit", "per_page": "1", "_fields": "id"})
        mapped = await account.confirm_categories()
        places = f"对应的 {mapped} 个分类目录都在" if mapped else "未设栏目对应，稿件归入默认分类"
        return f"对方网站接口可用，{rights}，{places}"

    async def _fields(
        self, rendering: Rendering, site: Site, account: Account, checkpoint: Checkpoint
    ) -> dict[str, Any]:
        """The post as the site takes it, its files put there."""
        payload = rendering.payload
        wanted = set(article.media_of(payload))
        files = [asset for asset in rendering.assets if asset.sha256 in wanted]
        media = await Media(site, self.assets, checkpoint).placed(files, payload["media"])
        fields = {name: payload[name] for name in ("title", "excerpt", "slug", "date_gmt")}
        fields["content"] = article.with_media(payload["content"], media)
        fields["featured_media"] = media[payload["cover"]][0] if payload["cover"] else 0
        if categories := await account.categories(payload["column"]):
            fields["categories"] = categories
        return fields

    async def _own_post(
        self,
        rendering: Rendering,
        fields: Mapping[str, Any],
        posts: Posts,
        previous: Receipt | None,
        checkpoint: Checkpoint,
    ) -> Post:
        """The one post of this item: known, or found by its mark, or a new draft.

        After creating a draft it looks again: of two workers that both created one, both then take the same.
        """
        uri = rendering.uri
        for number in (previous.remote_id if previous else "", await checkpoint.get("post") or ""):
            if post := await posts.by_number(number, uri):
                return post
        found = await posts.of(uri)
        if not found:
            created = await posts.create_draft(fields, uri)
            found = await posts.of(uri) or [created]
        await checkpoint.put("post", str(found[0].number))
        for extra in found[1:]:
            if extra.status != PUBLISHED:
                await posts.discard(extra.number)
        return found[0]

    def _change(self, post: Post, fields: Mapping[str, Any]) -> dict[str, Any]:
        """A published post keeps its address and date; in draft mode status and category are the webmaster's as well."""
        kept = {"slug", "date_gmt"} if post.status == PUBLISHED else set()
        if self._drafts and kept:
            kept.add("categories")
        change = {name: value for name, value in fields.items() if name not in kept}
        return change if self._drafts else {**change, "status": PUBLISHED}

    def _receipt(
        self, rendering: Rendering, token: str, number: int, link: str, *, by_hand: bool = False
    ) -> Receipt:
        return Receipt(
            token=token,
            uri=rendering.uri,
            version=rendering.version,
            remote_id=str(number),
            remote_url="" if by_hand else link,
            settled=False,
            awaits_person=by_hand,
            watched=by_hand,
            note=BY_HAND if by_hand else "",
        )

    @property
    def _drafts(self) -> bool:
        return self.outlet.options.get("status") == DRAFT


class _OneTrial:
    """Notes that end with the trial: what was right last month is no answer to somebody who asks now."""

    def __init__(self) -> None:
        self._held: dict[str, str] = {}

    async def get(self, name: str, *, shared: bool = False) -> str | None:  # noqa: ARG002
        return self._held.get(name)

    async def put(self, name: str, value: str, *, shared: bool = False) -> None:  # noqa: ARG002
        self._held[name] = value
