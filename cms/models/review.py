"""ReviewTask (审核环节): a stage of 三审三校 that nobody passes for an item of his own, or twice."""

from __future__ import annotations

from wagtail.models import AbstractGroupApprovalTask


class ReviewTask(AbstractGroupApprovalTask):
    """Separation of duties lives in cms.workflows."""

    class Meta:
        verbose_name = "审核环节"
        verbose_name_plural = "审核环节"
