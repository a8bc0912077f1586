"""Who may do what at the desk. The rows are made by ContentPage's Meta.permissions; groups hold them.

Looking at the desk needs admin access only: every item in it has been signed for the public.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from wagtail.models import Page
from wagtail.permissions import policy_registry

if TYPE_CHECKING:
    from cms.models import ContentPage

    User = AbstractBaseUser | AnonymousUser

WITHDRAW = "cms.withdraw_item"
"""Take any item back from every outlet."""

OPERATE = "cms.operate_desk"
"""Retry, release, confirm, sign off and refuse at any outlet."""

OUTLETS = "syndication.change_outlet"
"""Set outlets up, pause and resume them."""

PUSH = "cms.push_wechat"
"""Put pushes to followers together, propose and preview them."""

CONFIRM_PUSH = "cms.confirm_wechat_push"
"""Let a push go that somebody else has proposed, and say what became of an unclear one."""

ITEM_PERMISSIONS = [
    ("withdraw_item", "撤稿"),
    ("operate_desk", "处理投递（重试、放行、交办、确认、拒用）"),
    ("push_wechat", "推送（群发）编排"),
    ("confirm_wechat_push", "推送（群发）复核"),
]
"""For ContentPage's Meta; the code names behind WITHDRAW, OPERATE, PUSH and CONFIRM_PUSH."""


def can_withdraw(user: User, page: ContentPage | None) -> bool:
    """The dedicated permission, or Wagtail's publish permission on the item's own page."""
    if user.has_perm(WITHDRAW):  # type: ignore[union-attr]
        return True
    return page is not None and page.permissions_for_user(user).can_publish()


def can_correct(user: User, page: ContentPage | None) -> bool:
    """A correction is an edit: it goes through the same reviews."""
    return page is not None and page.permissions_for_user(user).can_edit()


def page_rights(user: User, page_ids: Iterable[int]) -> tuple[frozenset[int], frozenset[int]]:
    """Which of these pages the user may edit, and which he may publish: for lists, in a fixed number of queries."""
    policy = policy_registry.get_by_type(Page)
    return tuple(  # type: ignore[return-value]
        frozenset(
            policy.instances_user_has_permission_for(user, action)
            .filter(pk__in=page_ids)
            .values_list("pk", flat=True)
        )
        for action in ("change", "publish")
    )


def can_operate(user: User) -> bool:
    return bool(user.has_perm(OPERATE))  # type: ignore[union-attr]


def can_refuse_at(user: User, outlet_id: int) -> bool:
    """Who may work the desk, and for a hosted site whoever may edit its home: the office answers for what it shows."""
    if can_operate(user):
        return True
    # The type of the page lives in `sites`, which `cms` may not import.
    homes: Any = apps.get_model("hosted_sites", "SiteHome")
    home: Page | None = homes.objects.filter(outlet=outlet_id).first()
    return home is not None and home.permissions_for_user(user).can_edit()


def can_push(user: User) -> bool:
    return bool(user.has_perm(PUSH))  # type: ignore[union-attr]


def can_confirm_push(user: User) -> bool:
    return bool(user.has_perm(CONFIRM_PUSH))  # type: ignore[union-attr]


def can_run_outlets(user: User) -> bool:
    return bool(user.has_perm(OUTLETS))  # type: ignore[union-attr]


def require(allowed: bool) -> None:
    """Raises PermissionDenied, which the admin answers with a message and its home page."""
    if not allowed:
        raise PermissionDenied


def registered() -> QuerySet[Permission]:
    """What the group editor offers beside Wagtail's own permissions."""
    return Permission.objects.filter(
        content_type__app_label="cms", codename__in=[codename for codename, _ in ITEM_PERMISSIONS]
    )
