"""What the tests of the console share: an office with its webmaster, and his browser."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from channels.models import Outlet
from channels.pulling import webmasters
from tests.sites import build

PASSWORD = "correct horse battery staple"


def person(username: str = "jinglan", *outlets: Outlet) -> User:
    user = User.objects.create_user(username, password=PASSWORD, last_name="演示站长")
    for outlet in outlets:
        webmasters.join(outlet, user, now=timezone.now())
    return user


def browser(*outlets: Outlet, username: str = "jinglan") -> Client:
    """Somebody who looks after these outlets, signed in."""
    client = Client(headers={"host": "hub.example"})
    client.force_login(person(username, *outlets))
    return client


def pushed(slug: str = "hedong", **fields: Any) -> Outlet:
    outlet = build.outlet(slug, channel="web_post", **fields)
    outlet.set_secrets({"secret": "demo-secret-placeholder"})
    outlet.save()
    return outlet
