"""Signing (签发): three pairs of eyes, and the last approval publishes what was reviewed.

Imported by Wagtail while its models load: import models inside the functions only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from wagtail.log_actions import LogContext

from channels.errors import ContentError

if TYPE_CHECKING:
    from wagtail.models import Revision, TaskState, WorkflowState

    from cms.models import ContentPage

WROTE = "本稿由您编写或修改，须由他人审核"
PASSED = "您已审核过本稿的另一环节，须由他人审核"


def publish_reviewed(workflow_state: WorkflowState, user: Any = None) -> None:
    """WAGTAIL_FINISH_WORKFLOW_ACTION: reviewers sign without holding Wagtail's publish permission."""
    revision = workflow_state.current_task_state.revision
    with LogContext(user=user):
        revision.publish(user=user, skip_permission_checks=True)


def objection(page: ContentPage, user: Any) -> str:
    """Why `user` may not pass the present stage of `page`, in Chinese; empty when nothing stands against it.

    Nobody approves what he wrote, and nobody passes two stages of one item; being a superuser changes neither.
    """
    state = page.current_workflow_state
    if state is None:
        return ""
    if state.requested_by_id == user.pk or wrote(page, user):
        return WROTE
    if (
        state.task_states.filter(status="approved", finished_by=user)
        .exclude(task=page.current_workflow_task)
        .exists()
    ):
        return PASSED
    return ""


def wrote(page: ContentPage, user: Any) -> bool:
    """Whether `user` changed, since the item was last signed, anything that a reader or an outlet would see."""
    revisions = list(page.revisions.order_by("created_at", "pk").defer("content"))
    keys = [revision.pk for revision in revisions]
    since = keys.index(page.live_revision_id) + 1 if page.live_revision_id in keys else 0
    return any(
        revision.user_id == user.pk and (index == 0 or _differs(revisions[index - 1], revision))
        for index, revision in enumerate(revisions)
        if index >= since
    )


def follow(task_state: TaskState, page: ContentPage) -> None:
    """Approve the newest revision where it says nothing else than the reviewed one; Wagtail asks again otherwise."""
    newest = page.get_latest_revision()
    if newest and newest.pk != task_state.revision_id and not _differs(task_state.revision, newest):
        task_state.revision = newest
        task_state.save(update_fields=["revision"])


def _differs(before: Revision, after: Revision) -> bool:
    """Opening and saving an item rewrites its markup; only what capture keeps counts as a change."""
    from cms.capture import capture

    pages: list[ContentPage] = [before.as_object(), after.as_object()]
    if pages[0].outlet_choices != pages[1].outlet_choices:
        return True
    now = timezone.now()
    try:
        first, second = (capture(page, now=now).checksum for page in pages)
    except ContentError:
        return True
    return first != second
