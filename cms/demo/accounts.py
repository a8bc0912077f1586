"""The people of the demo district: a writer, a reviewer, an operator, their groups, the workflow between them, a webmaster.

The passwords are public; `seed_demo` refuses to run where they would matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.utils import timezone
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from channels.models import Outlet
from channels.pulling import webmasters
from cms.models import ReviewTask

WRITERS, REVIEWERS = "编辑", "审核"
ADMIN_ACCESS = ("wagtailadmin", "access_admin")


@dataclass(frozen=True, slots=True)
class Account:
    username: str
    password: str
    label: str
    group: str | None
    outlets: tuple[str, ...] = ()
    """What a webmaster looks after; he has no group and no right at the desk."""


ACCOUNTS = (
    Account("bianji", "tongsheng-bianji", "编辑（写稿、提交）", WRITERS),
    Account("shenhe", "tongsheng-shenhe", "审核（通过即签发）", REVIEWERS),
    Account("admin", "tongsheng-admin", "管理员（全部权限）", None),
    Account("zhanzhang", "tongsheng-zhanzhang", "静兰站长（登录 /console/）", None, ("jinglan", "egov")),
)

LIBRARY = ("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document")
GROUPS: dict[str, tuple[tuple[str, str], ...]] = {
    WRITERS: (ADMIN_ACCESS, ("cms", "operate_desk"), ("cms", "push_wechat")),
    REVIEWERS: (
        ADMIN_ACCESS,
        ("cms", "operate_desk"),
        ("cms", "withdraw_item"),
        ("cms", "push_wechat"),
        ("cms", "confirm_wechat_push"),
    ),
}


def load(root: Page) -> None:
    """Groups and users, and the workflow on everything below `root`. May run again; keeps changed passwords."""
    for name, permissions in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        for app, codename in permissions:
            group.permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        _library(group)
    _pages(Group.objects.get(name=WRITERS), root, "add_page", "change_page")
    # The least right with which Wagtail shows the tree; without any, an approval ends on a page that says "no access".
    _pages(Group.objects.get(name=REVIEWERS), root, "lock_page")
    for account in ACCOUNTS:
        _user(account)
    _workflow(root)


def user(username: str) -> Any:
    return get_user_model().objects.get(username=username)


def _user(account: Account) -> None:
    model: Any = get_user_model()
    if model.objects.filter(username=account.username).exists():
        return
    is_admin = account.group is None and not account.outlets
    make = model.objects.create_superuser if is_admin else model.objects.create_user
    person = make(username=account.username, password=account.password, email="")
    person.last_name = account.label.partition("（")[0]
    person.save()
    if account.group:
        person.groups.add(Group.objects.get(name=account.group))
    for outlet in Outlet.objects.filter(slug__in=account.outlets):
        webmasters.join(outlet, person, now=timezone.now())


def _pages(group: Group, root: Page, *codenames: str) -> None:
    for permission in _of("wagtailcore", codenames):
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)


def _library(group: Group) -> None:
    """Wagtail asks for rights on its own image and document models, whatever model is in use."""
    collection = Collection.get_first_root_node()
    permissions = _of("wagtailimages", LIBRARY) | _of("wagtaildocs", LIBRARY)
    for permission in permissions:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection, permission=permission
        )


def _of(app: str, codenames: Any) -> Any:
    return Permission.objects.filter(content_type__app_label=app, codename__in=codenames)


def _workflow(root: Page) -> None:
    task = ReviewTask.objects.filter(name="审核签发").first()
    if task is None:
        task = ReviewTask.objects.create(name="审核签发")
        task.groups.add(Group.objects.get(name=REVIEWERS))
    workflow, _ = Workflow.objects.get_or_create(name="稿件签发")
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 1})
    WorkflowPage.objects.update_or_create(page=root, defaults={"workflow": workflow})
