"""Frozen files: held by content, and forgotten only when nothing can need them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from channels import assets, outbox
from channels.edition import Image
from channels.models import AssetFile
from tests.channels.builders import edition

pytestmark = pytest.mark.django_db


def freeze(data):
    return assets.freeze(data, content_type="image/png", name="图.png")


def age(asset, **amount):
    AssetFile.objects.filter(pk=asset.sha256).update(frozen_at=timezone.now() - timedelta(**amount))


def test_the_same_bytes_are_stored_once(settings):
    assert freeze(b"one") == freeze(b"one")
    assert AssetFile.objects.count() == 1
    assert assets.read(freeze(b"one")) == b"one"


def test_what_only_a_preview_needed_is_forgotten_after_a_while():
    old, fresh = freeze(b"old"), freeze(b"fresh")
    age(old, days=3)

    assert assets.forget_unused(before=timezone.now() - timedelta(days=2)) == 1

    assert not default_storage.exists(old.path)
    assert default_storage.exists(fresh.path)


def test_what_an_edition_holds_is_never_forgotten():
    held = freeze(b"held")
    outbox.plan(edition(body=(Image(asset=held, alt="图"),)), [], now=timezone.now())
    age(held, days=300)

    assert assets.forget_unused(before=timezone.now()) == 0
    assert default_storage.exists(held.path)


def test_freezing_again_keeps_a_file_from_being_forgotten():
    again = freeze(b"again")
    age(again, days=3)

    freeze(b"again")

    assert assets.forget_unused(before=timezone.now() - timedelta(days=2)) == 0
