"""Signing (签发): the last approval publishes what was reviewed.

Imported by Wagtail while its models load: import models inside the functions only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wagtail.models import WorkflowState


def publish_reviewed(workflow_state: WorkflowState, user: Any = None) -> None:
    """WAGTAIL_FINISH_WORKFLOW_ACTION: reviewers sign without holding Wagtail's publish permission."""
    revision = workflow_state.current_task_state.revision
    revision.publish(user=user, skip_permission_checks=True)
