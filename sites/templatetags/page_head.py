"""`{% page_head %}…{% endpage_head %}`: title, tags, canonical address and JSON-LD of every page, from what its view tells.

It stands in base.html around the block of the title, so that the title is known to the tags for chat programs, and a
page of any part has all of them. A view may tell more: `tags` (named tags that go first), `canonical`, `description`,
and `is_error` for a page that is none.
"""

from __future__ import annotations

from html import unescape
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.template.base import NodeList, Parser, Token
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.http import escape_leading_slashes
from django.utils.safestring import SafeString, mark_safe

from sites import linked, meta
from sites.frame import Frame
from sites.linked import Crumb, Node

register = template.Library()

KEPT_PARAMETERS = ("before", "after")
"""What makes another page of the same path."""


@register.tag("page_head")
def page_head(parser: Parser, token: Token) -> PageHead:  # noqa: ARG001
    title = parser.parse(("endpage_head",))
    parser.delete_first_token()
    return PageHead(title)


class PageHead(template.Node):
    child_nodelists = ("title",)

    def __init__(self, title: NodeList) -> None:
        self.title = title

    def render(self, context: template.Context) -> SafeString:
        title = " ".join(str(self.title.render(context)).split())
        page = Page(context, unescape(strip_tags(title)))
        parts = (
            f"<title>{title}</title>\n",
            page.named(),
            page.social(),
            page.canonical_link(),
            page.json_ld(),
        )
        return mark_safe("".join(parts))  # noqa: S308 each part is escaped where it is made


class Page:
    """What a context says of the page that is being written."""

    def __init__(self, context: template.Context, title: str) -> None:
        self.request: HttpRequest = context["request"]
        self.frame: Frame | None = context.get("frame")
        self.column = context.get("column")
        self.edition = context.get("edition")
        self.given = context.get("tags") or []
        self.is_home = bool(context.get("is_home"))
        self.is_hidden = bool(context.get("is_error") or context.get("is_preview"))
        self.title = title
        self.name = title.partition("_")[0]
        self.description = context.get("description") or self._description()
        self.canonical = context.get("canonical") or self._canonical()

    def named(self) -> SafeString:
        hidden = [(meta.ROBOTS, "noindex")] if self.is_hidden else []
        tags = meta.tags_of(self.frame, self.column, self.edition, [*self.given, *hidden], self.description)
        return format_html_join("", '<meta name="{}" content="{}">\n', tags)

    def social(self) -> SafeString:
        tags = meta.social_tags(self.frame, self.title, self.canonical, self.description, self.edition)
        return format_html_join("", '<meta property="{}" content="{}">\n', [] if self.is_hidden else tags)

    def canonical_link(self) -> SafeString:
        if self.is_hidden and not self.edition:
            return mark_safe("")
        return format_html('<link rel="canonical" href="{}">\n', self.canonical)

    def json_ld(self) -> SafeString:
        return linked.script([] if self.is_hidden or self.frame is None else self._nodes(self.frame))

    def _nodes(self, frame: Frame) -> list[Node]:
        if self.is_home:
            return linked.site(frame, self._absolute(frame.url))
        nodes = [linked.breadcrumbs(self._crumbs(frame))]
        return [*nodes, linked.item(self.edition)] if self.edition else nodes

    def _crumbs(self, frame: Frame) -> list[Crumb]:
        above = [(frame.parent.full_name, frame.parent_url)] if frame.parent else []
        above.append((frame.home.full_name, frame.url))
        if self.column:
            above.append((self.column.title, self.column.url))
        crumbs = [(name, self._absolute(url)) for name, url in above]
        if self.edition:
            return [*crumbs, (self.edition.headline, self.canonical)]
        return crumbs if self.column else [*crumbs, (self.name, self.canonical)]

    def _description(self) -> str:
        if self.is_home or self.column or self.edition or self.frame is None:
            return meta.describe(self.frame, self.column, self.edition)
        return f"{self.frame.home.full_name}：{self.name}"

    def _canonical(self) -> str:
        """The item's page at its owner; any other page's own address without what makes no other page."""
        if self.edition:
            return str(self.edition.canonical_url)
        asked = {name: self.request.GET[name] for name in KEPT_PARAMETERS if name in self.request.GET}
        path = escape_leading_slashes(self.request.get_full_path().partition("?")[0])
        return self._absolute(f"{path}?{urlencode(asked)}" if asked else path)

    def _absolute(self, url: str) -> str:
        return self.request.build_absolute_uri(url)
