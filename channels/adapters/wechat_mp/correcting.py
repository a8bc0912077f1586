"""What a later edition does to an article that is out. No call of the platform changes one: there are three ways.

Replace: delete it and publish anew, at another address (ten deletions a day). Notice: leave it and publish a short
notice that says what was wrong. Manual: a person changes a few words in the back office, once an article.
"""

from __future__ import annotations

import re
from html import unescape

from channels.adapters.wechat_mp.progress import Progress
from channels.adapters.wechat_mp.visit import ARTICLE, BY_HAND, DRAFT, Correcting, Manner, Visit, kept, named
from channels.contract import Finding, Receipt, Rendering, Severity
from channels.edition import Correction

NOTICE = "更正"
SENTENCES = {
    Correcting.REPLACE: (
        "公众号不能修改已发表的文章：签发后系统删除旧文并发表新文，文章网址改变，旧链接失效",
        "每个公众号每天最多删除 10 篇；如只改几个字，可请管理员把更正方式改为“人工修改”",
    ),
    Correcting.NOTICE: (
        "公众号不能修改已发表的文章：签发后旧文保留，另发一篇《更正》说明错在哪里",
        "请在“更正说明”中写清错误和正确的内容",
    ),
    Correcting.MANUAL: (
        "公众号不能由系统修改已发表的文章：签发后请值班人员在公众号后台按清单改字（每篇只能改一次，约 20 字以内）",
        "改动较多时，请管理员把更正方式改为“删除重发”",
    ),
}
_TAG = re.compile(r"<[^>]+>")
_NOTE = re.compile(r"<section[^>]*>更正：.*?</section>", re.DOTALL)


def finding(manner: Manner) -> Finding:
    """Said to the editor before he signs an edition of an item whose article is out."""
    problem, fix = SENTENCES[manner.correcting]
    return Finding(place="更正", problem=problem, fix=fix, severity=Severity.WARN)


def notice(headline: str, correction: Correction, permalink: str) -> dict[str, str]:
    """The article that only says what was wrong: title, digest and HTML, without pictures."""
    text = correction.note
    content = (
        '<section style="line-height:1.75;word-break:break-word">'
        f'<p style="margin:0 0 1em">本号发布的《{_safe(headline)}》一文，现更正如下：</p>'
        f'<p style="margin:0 0 1em">{_safe(text)}</p>'
        f'<p style="margin:0;color:#666;font-size:.85em">更正后的全文请点击文末“阅读原文”，或访问 {_safe(permalink)}</p>'
        "</section>"
    )
    return {"title": f"{NOTICE}：{headline}"[:32], "digest": text[:128], "content": content}


def stays(manner: Manner, rendering: Rendering, progress: Progress) -> tuple[str, ...]:
    """Ids of the articles that a notice corrects; empty when the new edition takes their place."""
    if progress.kept:
        return progress.kept
    before = progress.predecessor_receipt
    if before is None or manner.correcting is not Correcting.NOTICE or not rendering.payload.get("notice"):
        return ()
    article_id = named(before, ARTICLE)
    return (article_id, *kept(before)) if article_id else ()


async def by_hand(visit: Visit, rendering: Rendering, out: Receipt, token: str) -> Receipt:
    """The task for the person who changes the article; what it has to read afterwards is written down for the look."""
    await visit.checkpoint.put(f"text.{token}", comparable(str(rendering.payload["content"])), shared=True)
    return Receipt(
        token=token,
        uri=rendering.uri,
        version=rendering.version,
        remote_id=out.remote_id,
        remote_url=out.remote_url,
        settled=False,
        awaits_person=True,
        watched=bool(named(out, ARTICLE) or named(out, DRAFT)),
        note="请在公众号后台按“改动”清单修改这篇文章，改好后点“立即核对”，系统逐字核对",
        raw={**out.raw, BY_HAND: True},
    )


def comparable(content: str) -> str:
    """The text that readers see, without blanks and without our correction note: to tell whether two articles agree."""
    return "".join(unescape(_TAG.sub("", _NOTE.sub("", content))).split())


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
