"""What the tests of the desk share: items placed at outlets in any state, people with few or many rights."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from channels import outbox
from channels.edition import Organisation, Subject
from channels.models import Item, Outlet, Placement
from tests.channels.builders import edition, targets
from tests.factories import make_user


def place(*outlets: Outlet, at: float = 0, column: str = "tzgg", unit: str = "czjd", **changes: Any) -> Item:
    """An item wanted at `outlets`, last changed `at` minutes ago; its placements are due."""
    content_id = uuid.uuid4()
    outbox.plan(
        edition(
            content_id,
            subjects=(Subject(scheme="column", code=column, name=column),),
            issuer=Organisation(code=unit, name=unit),
            **changes,
        ),
        targets(*outlets),
        now=timezone.now() - timedelta(minutes=at),
    )
    return Item.objects.get(content_id=content_id)


def move(item: Item, outlet: Outlet, state: str, **values: Any) -> Placement:
    """Put one placement into `state`; settled means that the desired edition is there."""
    placement = Placement.objects.get(item=item, outlet=outlet)
    if state == "settled":
        values = {"actual_id": placement.desired_id, "due_at": None, **values}
    Placement.objects.filter(pk=placement.pk).update(state=state, **values)
    placement.refresh_from_db()
    return placement


def admin(*permissions: str, superuser: bool = False) -> Client:
    """A browser of somebody signed in to the admin with these permissions (`app.codename`) and no others."""
    user = make_user(superuser=superuser)
    for name in ("wagtailadmin.access_admin", *permissions):
        app, _, codename = name.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client = Client()
    client.force_login(user)
    return client
