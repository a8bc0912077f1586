"""Messages of the demo district: two with a public answer and an open one; nobody is named.

Run by `seed_demo` through the setting DEMO_PARTS. May run again: a message that is there is left alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sites.enquiries import verbs
from sites.enquiries.models import Kind, State
from sites.models import SiteHome

MESSAGES = (
    (
        "demo-shebao",
        Kind.QUESTION,
        12,
        "城乡居民医保缴费截止到什么时候？社区服务中心周末能办吗？",
        "集中缴费期以当年通知为准，可在本网“办事指南”查阅。街道便民服务中心周六上午办理缴费业务。",
    ),
    (
        "demo-cuozi",
        Kind.CORRECTION,
        7,
        "停水通知正文里“恢复”一词写成了“回复”，请核对。",
        "经核对，该处确为错字，已更正并重新签发。感谢您的指正。",
    ),
    ("demo-ludeng", Kind.SUGGESTION, 1, "建议在滨江步道入口增设夜间照明，方便老年人散步。", ""),
)
"""Form number, kind, days ago, text, public answer."""


def load(*, now: datetime) -> None:
    home = SiteHome.objects.live().order_by("depth", "pk").first()
    if home is None:
        return
    for nonce, kind, days, text, answer in MESSAGES:
        sent = now - timedelta(days=days)
        enquiry = verbs.receive(home, {"kind": kind, "text": text}, nonce=nonce, now=sent)
        if answer and enquiry.state == State.OPEN:
            verbs.answer(
                enquiry.pk,
                text=answer,
                public_text=text,
                publish=True,
                by="bianji",
                now=sent + timedelta(days=2),
            )
