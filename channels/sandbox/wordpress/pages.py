"""What readers see of the sites: the list of posts, each post, the files, and ?rest_route= beside them."""

from __future__ import annotations

from html import escape

import nh3
from aiohttp import web

from channels.sandbox.pages.layout import gone, page, table
from channels.sandbox.store import Document
from channels.sandbox.wordpress.api import WordPressApi
from channels.sandbox.wordpress.posts import CATEGORIES
from channels.sandbox.wordpress.sites import WordPressSites, address

LISTED = 50
ROUTE = "/wp/v2/"
STATES = {
    "publish": "已发布",
    "draft": "草稿",
    "pending": "待审",
    "trash": "回收站",
    "future": "定时",
    "private": "私密",
}


class WordPressPages:
    def __init__(self, sites: WordPressSites, api: WordPressApi) -> None:
        self._sites = sites
        self._api = api

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/wordpress/{site}/wp-content/uploads/{name}", self._file),
            web.route("*", "/wordpress/{site}/", self._home),
            web.get("/wordpress/{site}/{slug}/", self._post),
        ]

    async def _home(self, request: web.Request) -> web.Response:
        """The front page, a post by its number, or a call of the interface: all at one address, as WordPress has it."""
        site, route = request.match_info["site"], request.query.get("rest_route", "")
        if route.startswith(ROUTE):
            return await self._api.answer(request, site, route.removeprefix(ROUTE))
        if number := request.query.get("p"):
            found = [post for post in self._sites.posts.all(site) if str(post["id"]) == number]
            return self._shown(site, next((post for post in found if post["status"] == "publish"), None))
        body = f"<h1>WordPress 网站 {escape(site)}</h1>{listing(self._sites, site)}"
        return page(f"{site} 网站", body, kind="wide")

    async def _post(self, request: web.Request) -> web.Response:
        site = request.match_info["site"]
        return self._shown(site, self._sites.posts.visible(site, request.match_info["slug"]))

    def _shown(self, site: str, post: Document | None) -> web.Response:
        if post is None:
            return page("页面不存在", gone("页面不存在"), status=404)
        cover = [entry for entry in self._sites.media.all(site) if entry["id"] == post["featured_media"]]
        picture = "".join(
            f'<p><img src="/wordpress/{site}/wp-content/uploads/{entry["file"]}" alt="{escape(entry["alt_text"])}"></p>'
            for entry in cover
        )
        content = nh3.clean(post["content"], generic_attribute_prefixes={"data-"})
        return page(
            post["title"], f"<h1>{nh3.clean(post['title'])}</h1>{picture}<article>{content}</article>"
        )

    async def _file(self, request: web.Request) -> web.Response:
        found = self._sites.media.file(request.match_info["site"], request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[1], content_type=found[0])


def listing(sites: WordPressSites, site: str) -> str:
    """The posts of a site as its webmaster sees them, newest first."""
    rows = [_row(site, post) for post in sites.posts.all(site)[:LISTED]]
    return table(("文章", "状态", "分类"), rows, empty="还没有文章。")


def _row(site: str, post: Document) -> tuple[str, ...]:
    title = nh3.clean(post["title"])
    shown = f'<a href="{address(site, post)}">{title}</a>' if post["status"] == "publish" else title
    named = (entry["name"] for entry in CATEGORIES if entry["id"] in post["categories"])
    return shown, STATES[post["status"]], "、".join(named)
