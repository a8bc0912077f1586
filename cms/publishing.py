"""Publishing: what is live in the tree becomes what is wanted at the outlets, and the other way round.

Every verb looks at the database and makes the register agree with it, so it may run twice, late, or for nothing.
Signals and forms only call early; `sweep` is the guarantee.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, PageLogEntry

from channels import outbox
from channels.models import EditionRecord, Item, WithdrawalKind
from cms import tree
from cms.capture import capture
from cms.models import ContentPage
from cms.targeting import targets_for

GONE = "稿件已取消发布、删除或转为不公开"


def signed(page: Page) -> ContentPage | None:
    """The item as it stands in the database, if it is signed: live, public and no alias. Locks its row.

    A signal alone proves nothing: it also comes for scheduled pages, for aliases and before a roll-back.
    """
    row = ContentPage.objects.select_for_update().filter(pk=page.pk).first()
    if row is None or not row.live or row.alias_of_id or row.get_view_restrictions().exists():
        return None
    return cast("ContentPage", row.specific)


@transaction.atomic
def release(page: Page, *, user: AbstractBaseUser | None = None) -> EditionRecord | None:
    """Freeze a signed item and want it at its outlets; None (and nothing done) for one that is not signed.

    Nothing new is frozen when a reader would see no difference. Raises ContentError when a file cannot be read; the
    caller's transaction then has to fall, so that the item is not live without its edition.
    """
    item = signed(page)
    if item is None:
        return None
    now = timezone.now()
    newest = outbox.newest(item.content_id)
    edition = capture(
        item,
        now=now,
        first_created=item.first_published_at,
        earlier=newest.edition() if newest else None,
    )
    record = outbox.plan(
        edition,
        targets_for(item),
        now=now,
        source_revision=item.live_revision_id,
        signed_by=_signer(item, user),
    )
    ContentPage.objects.filter(pk=item.pk).update(
        signed_revision=item.live_revision_id or 0,
        signed_place=tree.place_of(item),
        correction_note="",
        correction_major=False,
    )
    return record


@transaction.atomic
def withdraw(
    item: Page | UUID,
    *,
    kind: WithdrawalKind,
    reason: str,
    replacement_url: str = "",
    user: AbstractBaseUser | None = None,
) -> int:
    """Take an item back everywhere, its page (if it still has one) included. Returns how many placements change.

    Publishing the page again brings it back. Who may is the caller's question: cms.permissions answers it for people.
    Raises ValueError without a reason, or for a redirect to nowhere, and
    Item.DoesNotExist for an item that was never signed.
    """
    if not reason.strip():
        raise ValueError("请填写撤稿原因")
    if kind == WithdrawalKind.REDIRECT and not replacement_url:
        raise ValueError("请填写替代稿件的地址")
    content_id = item if isinstance(item, UUID) else cast("ContentPage", item.specific).content_id
    changed = outbox.recall(
        content_id,
        kind=kind,
        reason=reason.strip(),
        replacement_url=replacement_url if kind == WithdrawalKind.REDIRECT else "",
        now=timezone.now(),
        by=_name(user),
    )
    page = ContentPage.objects.filter(content_id=content_id, live=True).first()
    if page:
        UnpublishPageAction(page.specific, user=user).execute(skip_permission_checks=True)
    return changed


@transaction.atomic
def start_correction(page: Page, *, note: str, major: bool, user: AbstractBaseUser | None) -> ContentPage:
    """Open a draft that carries a correction note; signing it makes the note visible. Returns the draft.

    An open draft is kept, the note is added to it. Raises ValueError without a note.
    """
    if not note.strip():
        raise ValueError("请填写更正说明")
    draft = cast("ContentPage", page.specific.get_latest_revision_as_object())
    draft.correction_note = note.strip()
    draft.correction_major = major
    draft.save_revision(user=user, clean=False, log_action=True)
    return draft


@transaction.atomic
def settle_absent(content_id: UUID, *, reason: str = GONE) -> int:
    """Want an item gone whose page is no longer signed; nothing when a person has withdrawn it already."""
    if not Item.objects.filter(content_id=content_id, withdrawn_at=None).exists():
        return 0
    return outbox.recall(
        content_id, kind=WithdrawalKind.GONE, reason=reason, now=timezone.now(), by=_name(_acting())
    )


def _signer(item: ContentPage, user: AbstractBaseUser | None) -> str:
    """Who signed: who acts now, or who scheduled what a timer publishes."""
    acting = user or _acting()
    if acting:
        return _name(acting)
    entries = PageLogEntry.objects.filter(
        page=item.pk,
        revision=item.live_revision_id,
        action__in=["wagtail.publish", "wagtail.publish.schedule"],
    )
    entry = entries.select_related("user").order_by("-timestamp").first()
    return _name(entry.user if entry else None)


def _acting() -> Any:
    return get_active_log_context().user


def _name(user: Any) -> str:
    return str(user.get_username()) if user else ""
