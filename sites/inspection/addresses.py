"""Where a finding's token leads in the admin. A token outlives a change of addresses; an unknown one leads nowhere."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

_LINKS: dict[str, Callable[..., str]] = {
    "page": lambda pk: reverse("wagtailadmin_pages:edit", args=[int(pk)]),
    "children": lambda pk: reverse("wagtailadmin_explore", args=[int(pk)]),
    "item": lambda content_id: reverse("desk:item", args=[content_id]),
    "placement": lambda pk: reverse("desk:placement", args=[int(pk)]),
    "account": lambda slug: reverse("desk:wechat_account", args=[slug]),
    "link": lambda pk: reverse("linkcheck_desk:link", args=[int(pk)]),
    "links": lambda view: f"{reverse('linkcheck_desk:links')}?view={view}",
    "domains": lambda: reverse("linkcheck_desk:domains"),
    "letters": lambda: reverse("enquiries_desk:index"),
    "report": lambda home, year: reverse("inspection_desk:report", args=[int(home), int(year)]),
}


def fix_url(token: str) -> str:
    name, *arguments = token.split(":")
    make = _LINKS.get(name)
    return make(*arguments) if make else ""
