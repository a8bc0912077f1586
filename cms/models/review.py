"""ReviewTask (审核环节): a stage of 三审三校 that nobody passes for an item of his own, or twice."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.models import AbstractGroupApprovalTask

from cms import workflows


class ReviewTask(AbstractGroupApprovalTask):
    """Members of its groups review. Separation of duties: cms.workflows.objection."""

    class Meta:
        verbose_name = "审核环节"
        verbose_name_plural = "审核环节"

    @classmethod
    def get_description(cls) -> str:
        return "由所选用户组的成员审核；本人编写的稿件和本人已审过的环节除外"

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        if not (user.is_superuser or self._user_in_groups(user)):
            return []
        send_back = ("reject", "退回修改", True)
        if workflows.objection(obj, user):
            return [send_back]
        return [send_back, ("approve", "通过", False), ("approve", "通过并附意见", True)]

    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> None:
        """The last line: an edit that is saved together with the approval is an edit, too."""
        if action_name == "approve":
            page = task_state.workflow_state.content_object
            if problem := workflows.objection(page, user):
                raise PermissionDenied(problem)
            workflows.follow(task_state, page)
        super().on_action(task_state, user, action_name, **kwargs)
