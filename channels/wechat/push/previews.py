"""Sends previews to named people, each at most once: a call without an answer is not made again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.api.massing import Massing
from channels.adapters.wechat_mp.api.publishing import Platform
from channels.contract import AssetReader
from channels.errors import ChannelError
from channels.wechat.accounts import Talk, memory_of
from channels.wechat.models import Push, PushPreview
from channels.wechat.push import content
from channels.wechat.push.sending import Draft

OUTDATED = "内容已变化，没有发送，请重新发送预览"
UNANSWERED = "没有得到答复，可能已经收到；系统不会自动重发"


def send(*, now: Callable[[], datetime], talk: Talk, files: AssetReader) -> None:
    """One round over the previews that wait."""
    for preview in PushPreview.objects.filter(started_at=None).select_related("push__outlet").order_by("pk"):
        taken = PushPreview.objects.filter(pk=preview.pk, started_at=None).update(
            started_at=now(), message=UNANSWERED
        )
        if taken:
            values = _outcome(preview, now, talk, files)
            PushPreview.objects.filter(pk=preview.pk).update(**values)


def _outcome(
    preview: PushPreview, now: Callable[[], datetime], talk: Talk, files: AssetReader
) -> dict[str, object]:
    push = preview.push
    try:
        sent = content.renderings(push, content.pieces(push))
        digest = content.digest(sent)
        if digest != preview.digest:
            return {"message": OUTDATED}

        async def conversation(line: Line) -> str:
            if push.media_id and push.drafted != digest:
                await Platform(line).delete_draft(push.media_id)
            draft = Draft(line, memory_of(push.outlet), files, sent, content.token_of(push, digest))
            made = await draft.make(push.media_id if push.drafted == digest else "")
            await Massing(line).preview(made.media_id, preview.name)
            return made.media_id

        media_id = talk(push.outlet, conversation)
    except ChannelError as error:
        return {"message": error.message[:500], "code": error.code}
    _remember(push, media_id, digest)
    return {"sent_at": now(), "message": ""}


def _remember(push: Push, media_id: str, digest: str) -> None:
    """The draft of the preview is the one that will be sent, as long as the content stays."""
    Push.objects.filter(pk=push.pk, attempted_at=None).update(media_id=media_id, drafted=digest)
