"""Publishing without a push: freepublish/…, reviews that take their time, and what becomes of an article later."""

from __future__ import annotations

import secrets

from channels.sandbox.articles import ApiError
from channels.sandbox.faults import FaultKind
from channels.sandbox.store import Document
from channels.sandbox.wechat.call import OK, Call, Endpoint, Endpoints
from channels.sandbox.wechat.desk import Desk, require
from channels.sandbox.wechat.drafts import Drafts, page_of
from channels.sandbox.wechat.shelf import PUBLISHED, Shelf, links

DONE, RUNNING, DELETED_LATER, BANNED_LATER = 0, 1, 5, 6
SAYS_WHICH = {2, 4}
"""Ends that name the articles that were refused."""


class Publishing:
    def __init__(self, desk: Desk, drafts: Drafts, shelf: Shelf) -> None:
        self._desk = desk
        self._drafts = drafts
        self._shelf = shelf
        desk.agenda.does("review", self._finish)

    def endpoints(self) -> Endpoints:
        return {
            "freepublish/submit": Endpoint(self._submit),
            "freepublish/get": Endpoint(self._job),
            "freepublish/getarticle": Endpoint(self._article),
            "freepublish/batchget": Endpoint(self._batchget),
            "freepublish/delete": Endpoint(self._delete),
        }

    def by_hand(self, appid: str, media_id: str, base: str) -> str:
        """As a person publishes in the back office, without a review and without an event: the article_id."""
        draft = self._drafts.existing(appid, media_id)
        job = {**draft, "base": base, "msg_data_id": self._desk.number("msg_data_id")}
        self._drafts.consume(appid, media_id)
        return self._public(appid, job)

    def _submit(self, call: Call) -> Document:
        """Starts a review. A second submit of one draft starts a second one: nothing promises that it would not."""
        self._allowed(call)
        draft = self._drafts.take(call.appid, call.word("media_id"), "freepublish/submit")
        number, data_id = self._desk.number("publish_id"), self._desk.number("msg_data_id")
        fault = self._desk.faults.take("freepublish/submit", ending=FaultKind.PUBLISH_STATUS)
        job = {
            "publish_id": str(number),
            "media_id": draft["media_id"],
            "msg_data_id": data_id,
            "articles": draft["articles"],
            "base": call.base,
            "due_at": self._desk.clock.now() + self._desk.config.publish_seconds,
            "status": RUNNING,
            "ends_with": fault.status if fault else DONE,
        }
        self._desk.store.put(call.kind("review"), job["publish_id"], job)
        self._drafts.hold(call.appid, draft["media_id"])
        self._desk.agenda.at(job["due_at"], "review", call.appid, job["publish_id"])
        ids = {"publish_id": call.account.numbered(number), "msg_data_id": call.account.numbered(data_id)}
        return {**OK, **ids}

    def _finish(self, appid: str, publish_id: str) -> None:
        """The end of a review: an article and no draft, or a status that says why not."""
        job = self._desk.store.get(f"review:{appid}", publish_id)
        if job is None:
            return
        self._drafts.release(appid, job["media_id"])
        job["status"] = job["ends_with"]
        if job["status"] == DONE:
            self._drafts.consume(appid, job["media_id"])
            job["article_id"] = self._public(appid, job)
        job["count"] = len(job.pop("articles"))
        self._desk.store.delete(f"review:{appid}", publish_id)
        self._desk.store.put(f"job:{appid}", publish_id, job)
        self._desk.post(appid, {"Event": "PUBLISHJOBFINISH", "PublishEventInfo": self._told(appid, job)})

    def _told(self, appid: str, job: Document) -> Document:
        """The event's own part; the platform's sample has a line break behind the article_id."""
        told: Document = {"publish_id": int(job["publish_id"]), "publish_status": job["status"]}
        if job["status"] == DONE:
            entry = self._desk.store.get(f"{PUBLISHED}:{appid}", job["article_id"]) or {"articles": []}
            told["article_id"] = f"{job['article_id']}\n"
            told["article_detail"] = {"count": len(entry["articles"]), "item": links(entry)}
        elif job["status"] in SAYS_WHICH:
            told["fail_idx"] = list(range(1, job["count"] + 1))
        return told

    def _public(self, appid: str, job: Document) -> str:
        article_id = secrets.token_urlsafe(32)
        self._shelf.put(appid, PUBLISHED, article_id, job)
        return article_id

    def _job(self, call: Call) -> Document:
        self._allowed(call)
        publish_id = call.word("publish_id")
        store = self._desk.store
        job = store.get(call.kind("job"), publish_id) or store.get(call.kind("review"), publish_id)
        if job is None:
            raise ApiError(40007, "invalid publish_id")
        status = job["status"]
        answer: Document = {"publish_id": call.account.numbered(int(publish_id)), "publish_status": status}
        if status == DONE:
            return {**answer, **self._later(call, job), "fail_idx": []}
        return {**answer, "fail_idx": list(range(1, job["count"] + 1)) if status in SAYS_WHICH else []}

    def _later(self, call: Call, job: Document) -> Document:
        """What became of an article after its success."""
        entry = self._desk.store.get(call.kind(PUBLISHED), job["article_id"])
        if entry is None or all(article["is_deleted"] for article in entry["articles"]):
            return {"publish_status": DELETED_LATER}
        if len(entry["banned"]) == len(entry["articles"]):
            return {"publish_status": BANNED_LATER}
        items = links(entry)
        return {"article_id": job["article_id"], "article_detail": {"count": len(items), "item": items}}

    def _article(self, call: Call) -> Document:
        self._allowed(call)
        entry = self._desk.store.get(call.kind(PUBLISHED), call.word("article_id"))
        if entry is None:
            raise ApiError(53600, "invalid article_id")
        return {"news_item": entry["articles"]}

    def _batchget(self, call: Call) -> Document:
        self._allowed(call)
        return page_of(self._desk, call, PUBLISHED, "article_id")

    def _delete(self, call: Call) -> Document:
        self._allowed(call)
        index = call.body.get("index") or 0
        if not isinstance(index, int) or index < 0:
            raise ApiError(40035, "invalid parameter: index")
        if self._desk.store.get(call.kind(PUBLISHED), call.word("article_id")) is None:
            raise ApiError(53600, "invalid article_id")
        self._shelf.delete(call.appid, call.word("article_id"), index)
        return dict(OK)

    def _allowed(self, call: Call) -> None:
        require(call.account.may_publish and call.account.verified)
