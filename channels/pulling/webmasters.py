"""Webmasters (站长): invited by the desk for one outlet at a time, with no right but over their outlets."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from channels.models import Outlet
from channels.pulling.keys import digest
from channels.pulling.models import Invitation, Membership

VALID = timedelta(days=7)


class NotPossible(ValueError):
    """The message is for the operator."""


class NotValid(ValueError):
    """The invitation cannot be used; the message is for whoever opened it."""


def invite(
    outlet: Outlet, *, person: str, by: str, now: datetime, user: User | None = None
) -> tuple[Invitation, str]:
    """The invitation and the token of its link, which nobody can tell again.

    `user`: he sets a new password by it. Raises NotPossible for somebody who may do more than a webmaster: whoever may
    invite must not come to rights of the desk by a link.
    """
    if user and (user.is_superuser or user.is_staff or user.get_all_permissions()):
        raise NotPossible("该账号有采编后台的权限，请由系统管理员在“用户”中重设密码")
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        outlet=outlet,
        user=user,
        person=person[:50],
        digest=digest(token),
        made_at=now,
        made_by=by[:150],
        expires_at=now + VALID,
    )
    return invitation, token


def open_invitation(token: str, *, now: datetime, lock: bool = False) -> Invitation:
    """The invitation of a link. Raises NotValid for one that is used, over, taken back, or never was."""
    rows = Invitation.objects.select_related("outlet", "user").filter(digest=digest(token))
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotValid("邀请链接不正确，请核对是否完整复制")
    if found.used_at:
        raise NotValid("邀请链接已经使用过，请直接登录；忘记密码请联系邀请人重新邀请")
    if found.revoked_at or found.expires_at <= now or found.outlet.retired_at:
        raise NotValid("邀请链接已失效，请联系邀请人重新邀请")
    return found


@transaction.atomic
def accept(token: str, user: User, *, now: datetime) -> Membership:
    """Bind the user to the outlet, once. Raises NotValid, also for a link that is another user's."""
    invitation = open_invitation(token, now=now, lock=True)
    if invitation.user_id not in {None, user.pk}:
        raise NotValid("邀请链接不是发给您的，请退出登录后再打开")
    Invitation.objects.filter(pk=invitation.pk).update(used_at=now)
    return join(invitation.outlet, user, now=now)


def join(outlet: Outlet, user: User, *, now: datetime) -> Membership:
    found, _ = Membership.objects.get_or_create(outlet=outlet, user=user, defaults={"made_at": now})
    return found


@transaction.atomic
def take_back(invitation: Invitation, *, now: datetime) -> bool:
    """False for one that was used or taken back before."""
    rows = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
    return rows.update(revoked_at=now) == 1


def outlets_of(user: User) -> QuerySet[Outlet]:
    """What this user looks after, in the order of the matrix."""
    return Outlet.objects.active().real().filter(memberships__user=user).order_by("rank", "slug")
