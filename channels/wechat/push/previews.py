"""Sends previews to named people, each at most once: a call without an answer is not made again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from channels.adapters.wechat_mp.api.line import Line
from channels.adapters.wechat_mp.api.massing import Massing
from channels.adapters.wechat_mp.api.publishing import Platform
from channels.contract import AssetReader
from channels.database import in_database_thread
from channels.errors import ChannelError
from channels.wechat.accounts import Talk, memory_of
from channels.wechat.models import PREVIEWED, Push, PushPreview, PushState
from channels.wechat.push import content
from channels.wechat.push.holding import Held
from channels.wechat.push.sending import Draft

OUTDATED = "内容已变化，没有发送，请重新发送预览"
OVER = "推送已发出、取消或终端已停用，没有发送预览"
UNANSWERED = "没有得到答复，可能已经收到；系统不会自动重发"


def send(*, now: Callable[[], datetime], talk: Talk, files: AssetReader) -> None:
    """One round over the previews that wait. One whose push is being sent, or held by another worker, waits on."""
    for pk, push_pk in list(
        PushPreview.objects.filter(started_at=None).order_by("pk").values_list("pk", "push")
    ):
        held = Held.take(push_pk, now())
        if held is None:
            continue
        taken = PushPreview.objects.filter(pk=pk, started_at=None).update(
            started_at=now(), message=UNANSWERED
        )
        if taken:
            preview = PushPreview.objects.get(pk=pk)
            PushPreview.objects.filter(pk=pk).update(**_outcome(preview, held.push, now, talk, files))
        held.let_go()


def _outcome(
    preview: PushPreview, push: Push, now: Callable[[], datetime], talk: Talk, files: AssetReader
) -> dict[str, object]:
    if push.status not in PREVIEWED or push.outlet.retired_at:
        return {"message": OVER}
    try:
        sent = content.renderings(push, content.pieces(push))
        digest = content.digest(sent)
        if digest != preview.digest:
            return {"message": OUTDATED}

        async def conversation(line: Line) -> None:
            if push.media_id and push.drafted != digest:
                await Platform(line).delete_draft(push.media_id)
            draft = Draft(line, memory_of(push.outlet), files, sent, content.token_of(push, digest))
            made = await draft.make(push.media_id if push.drafted == digest else "")
            await in_database_thread(lambda: _remember(push, made.media_id, digest, now()))
            await Massing(line).preview(made.media_id, preview.name)

        talk(push.outlet, conversation)
    except ChannelError as error:
        return {"message": error.message[:500], "code": error.code}
    return {"sent_at": now(), "message": ""}


def _remember(push: Push, media_id: str, digest: str, now: datetime) -> None:
    """The draft of the preview is the one that will be sent, as long as the content stays."""
    rows = Push.objects.filter(pk=push.pk)
    rows.update(media_id=media_id, drafted=digest)
    # Cancelled while the preview went out: nobody else would come to take its draft away.
    rows.filter(state=PushState.CANCELLED).update(due_at=now)
