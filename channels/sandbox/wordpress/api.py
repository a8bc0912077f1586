"""The REST interface of the sites, at /wp-json and at ?rest_route=, and their public pages (in pages.py)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from channels.sandbox.store import Document
from channels.sandbox.wordpress.rules import RestError, capabilities, demand
from channels.sandbox.wordpress.sites import WordPressSites, address

Call = Callable[["Request"], Any]
NO_ROUTE = RestError(404, "rest_no_route", "No route was found matching the URL and request method.")


class Request:
    """One call: `path` below /wp/v2, `query` of single values, `body` as sent."""

    def __init__(self, request: web.Request, site: str, path: str, data: bytes, may: frozenset[str]) -> None:
        self.site = site
        self.base = str(request.url.origin())
        self.parts = path.strip("/").split("/")
        self.query = dict(request.query)
        self.headers = request.headers
        self.data = data
        self.may = may
        self.method = request.method

    @property
    def number(self) -> str:
        return self.parts[-1]

    def body(self) -> Document:
        try:
            document = json.loads(self.data or b"{}")
        except ValueError as error:
            raise RestError(400, "rest_invalid_json", "Invalid JSON body passed.") from error
        return document if isinstance(document, dict) else {}


class WordPressApi:
    def __init__(self, sites: WordPressSites) -> None:
        self._sites = sites

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/wordpress/{site}/wp-json/wp/v2/{path:.+}", self._pretty)]

    async def _pretty(self, request: web.Request) -> web.Response:
        site = request.match_info["site"]
        if not self._sites.settings(site).pretty:
            return web.Response(status=404, text="<html>Not Found</html>", content_type="text/html")
        return await self.answer(request, site, request.match_info["path"])

    async def answer(self, request: web.Request, site: str, path: str) -> web.Response:
        may = capabilities(request.headers.get("Authorization", ""), self._sites.settings(site))
        call = Request(request, site, path, await request.read(), may)
        try:
            document = self._route(call)(call)
        except RestError as error:
            return web.json_response(error.to_json(), status=error.status)
        created = call.method == "POST" and len(call.parts) == 1
        fields = call.query.get("_fields", "")
        return web.json_response(_chosen(document, fields), status=201 if created else 200)

    def _route(self, call: Request) -> Call:
        kind = call.parts[0] if len(call.parts) == 1 else f"{call.parts[0]}/"
        if call.parts == ["users", "me"]:
            kind = "users/me"
        calls: dict[tuple[str, str], Call] = {
            ("GET", "posts"): self._list_posts,
            ("POST", "posts"): lambda c: self._shown(c, self._sites.posts.create(c.site, c.body(), c.may)),
            ("GET", "posts/"): self._read_post,
            ("POST", "posts/"): lambda c: self._shown(
                c, self._sites.posts.update(c.site, c.number, c.body(), c.may)
            ),
            ("DELETE", "posts/"): self._trash,
            ("GET", "media"): lambda c: [
                self._medium(c, entry) for entry in self._sites.media.found(c.site, c.query)
            ],
            ("POST", "media"): lambda c: self._medium(
                c, self._sites.media.upload(c.site, c.query, c.headers, c.data, c.may)
            ),
            ("GET", "categories"): lambda c: self._sites.categories(c.query),
            ("GET", "users/me"): self._me,
        }
        found = calls.get((call.method, kind))
        if found is None:
            raise NO_ROUTE
        return found

    def _list_posts(self, call: Request) -> list[Document]:
        self._may_edit(call)
        found = self._sites.posts.found(call.site, call.query)
        return [self._shown(call, post) for post in found if self._is_shown(call, post)]

    def _read_post(self, call: Request) -> Document:
        post = self._sites.posts.get(call.site, call.number)
        self._may_edit(call)
        if not self._is_shown(call, post):
            raise RestError(403, "rest_forbidden_context", "Sorry, you are not allowed to edit this post.")
        return self._shown(call, post)

    def _trash(self, call: Request) -> Document:
        settings = self._sites.settings(call.site)
        return self._shown(call, self._sites.posts.trash(call.site, call.number, settings, call.may))

    def _me(self, call: Request) -> Document:
        demand(call.may, "read", "rest_not_logged_in", "You are not currently logged in.")
        role = self._sites.settings(call.site).role
        return {"id": 2, "roles": [role], "capabilities": dict.fromkeys(sorted(call.may), True)}

    def _may_edit(self, call: Request) -> None:
        """Raw texts, and posts that are not published, are for those who may edit."""
        if call.query.get("context") == "edit" or call.query.get("status", "publish") != "publish":
            message = "Sorry, you are not allowed to edit posts in this post type."
            demand(call.may, "edit_posts", "rest_forbidden_context", message)

    def _is_shown(self, call: Request, post: Document) -> bool:
        """Raw texts of a published post are for those who may change it; lists leave the others out silently."""
        published = post["status"] == "publish"
        return call.query.get("context") != "edit" or not published or "edit_published_posts" in call.may

    def _shown(self, call: Request, post: Document) -> Document:
        raw = call.method != "GET" or call.query.get("context") == "edit"
        texts = {
            name: {"rendered": post[name], **({"raw": post[name]} if raw else {})}
            for name in ("title", "content", "excerpt")
        }
        return {**post, **texts, "link": f"{call.base}{address(call.site, post)}"}

    def _medium(self, call: Request, entry: Document) -> Document:
        url = f"{call.base}/wordpress/{call.site}/wp-content/uploads/{entry['file']}"
        return {**entry, "source_url": url}


def _chosen(document: Any, fields: str) -> Any:
    """`_fields`: names, with dots for what is inside."""
    if not fields:
        return document
    if isinstance(document, list):
        return [_chosen(entry, fields) for entry in document]
    chosen: Document = {}
    for field in fields.split(","):
        name, _, inner = field.partition(".")
        if name in document:
            chosen[name] = {inner: document[name].get(inner)} if inner else document[name]
    return chosen
