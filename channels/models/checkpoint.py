"""CheckpointEntry: what an adapter has to remember between two calls, committed at once."""

from __future__ import annotations

from django.db import models


class CheckpointEntry(models.Model):
    """`scope` is `<placement id>.<generation>` or `shared` for the whole outlet."""

    outlet = models.ForeignKey(
        "syndication.Outlet", on_delete=models.PROTECT, related_name="checkpoints", db_index=False
    )
    scope = models.CharField(max_length=50)
    name = models.CharField(max_length=200)
    value = models.TextField()
    written_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outlet", "scope", "name"], name="checkpoint_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scope}/{self.name}"
