"""Pushes to followers (群发): message/mass/…, their quotas, and jobs that end by themselves."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import Any

from channels.sandbox.articles import ApiError
from channels.sandbox.config import AccountKind
from channels.sandbox.faults import FaultKind
from channels.sandbox.store import Document
from channels.sandbox.wechat.audience import Audience
from channels.sandbox.wechat.call import OK, Call, Endpoint, Endpoints, word_of
from channels.sandbox.wechat.chats import Chats
from channels.sandbox.wechat.desk import Desk, require
from channels.sandbox.wechat.drafts import Drafts
from channels.sandbox.wechat.pushquota import PushQuota
from channels.sandbox.wechat.shelf import PUSHED, Shelf, links

CLIENTMSGID_MAX = 32
"""Bytes; the page says 64, but 36 were refused (community thread 0000c403d88548712a5042bc26bc00)."""
CLIENTMSGID_MEMORY = 24 * 3600
SENT = "send success"


class Massing:
    def __init__(self, desk: Desk, drafts: Drafts, shelf: Shelf, audience: Audience, chats: Chats) -> None:
        self._desk = desk
        self._drafts = drafts
        self._shelf = shelf
        self._audience = audience
        self._chats = chats
        self.quota = PushQuota(desk)
        desk.agenda.does("sending", self._finish)

    def endpoints(self) -> Endpoints:
        return {
            "message/mass/sendall": Endpoint(self._send_all),
            "message/mass/send": Endpoint(self._send),
            "message/mass/preview": Endpoint(self._preview),
            "message/mass/get": Endpoint(self._get),
            "message/mass/delete": Endpoint(self._delete),
            "message/mass/speed/get": Endpoint(self._speed),
        }

    def by_hand(self, appid: str, media_id: str, base: str) -> str:
        """As a person pushes to everyone in the back office, without a review: the msg_id. Raises ApiError."""
        account, draft = self._desk.known(appid), self._drafts.existing(appid, media_id)
        self.quota.check(account, to_all=True)
        job = self._job(base, draft, {"to_all": True, "openids": self._audience.followers(appid)})
        self._end(appid, {**job, "ends_with": SENT})
        return str(job["msg_id"])

    def jobs(self, appid: str) -> list[Document]:
        """Newest first, running ones before all."""
        return [*self._desk.store.all(f"sending:{appid}"), *self._desk.store.all(f"mass:{appid}")]

    # -- starting ------------------------------------------------------------------------------------------------

    def _send_all(self, call: Call) -> Document:
        require(call.account.may_mass_send and call.account.verified)
        choice = call.part("filter")
        to_all, tag = choice.get("is_to_all"), word_of(choice.get("tag_id"))
        if not isinstance(to_all, bool):
            raise ApiError(40035, "invalid parameter: filter.is_to_all")
        if not to_all and not self._audience.has_tag(call.appid, tag):
            raise ApiError(40152, "invalid tag_id")
        openids = self._audience.followers(call.appid, tag="" if to_all else tag)
        return self._start(call, "message/mass/sendall", {"to_all": to_all, "tag": tag, "openids": openids})

    def _send(self, call: Call) -> Document:
        require(call.account.kind is AccountKind.SERVICE)
        require(call.account.may_mass_send and call.account.verified)
        chosen = call.openids("touser", least=2, most=10_000)
        followers = set(self._audience.followers(call.appid))
        openids = [openid for openid in chosen if openid in followers]
        audience = {"to_all": False, "tag": "", "openids": openids, "total": len(chosen)}
        return self._start(call, "message/mass/send", audience)

    def _start(self, call: Call, endpoint: str, audience: Document) -> Document:
        media_id = self._media_of(call)
        key = self._clientmsgid(call, endpoint, media_id, audience)
        draft = self._drafts.take(call.appid, media_id, endpoint)
        if self.quota.spent(call.account, to_all=audience["to_all"]):
            self._desk.violation(call.appid, f"{endpoint}: a push over the quota")
        self.quota.check(call.account, to_all=audience["to_all"])
        fault = self._desk.faults.take(endpoint, ending=FaultKind.MASS_STATUS)
        job = self._job(call.base, draft, audience)
        job["ends_with"] = str(fault.status) if fault else SENT
        self._desk.store.put(call.kind("sending"), str(job["msg_id"]), job)
        seen = {"msg_id": job["msg_id"], "at": self._desk.clock.now()}
        self._desk.store.put(call.kind("clientmsgid"), key, seen)
        self._drafts.hold(call.appid, media_id)
        self._desk.agenda.at(job["due_at"], "sending", call.appid, str(job["msg_id"]))
        return {
            "errcode": 0,
            "errmsg": "send job submission success",
            "msg_id": job["msg_id"],
            "msg_data_id": call.account.numbered(job["msg_data_id"]),
        }

    def _media_of(self, call: Call) -> str:
        if call.body.get("msgtype") != "mpnews":
            raise ApiError(40008, "invalid message type: the sandbox pushes mpnews")
        return word_of(call.part("mpnews").get("media_id"))

    def _clientmsgid(self, call: Call, endpoint: str, media_id: str, audience: Document) -> str:
        """What tells this push from others; without a clientmsgid it is audience and content. Raises ApiError."""
        key = call.word("clientmsgid")
        if not key:
            self._desk.violation(call.appid, f"{endpoint}: no clientmsgid")
            told = json.dumps([audience["to_all"], audience["tag"], sorted(audience["openids"]), media_id])
            key = f"digest-{hashlib.sha256(told.encode()).hexdigest()}"
        elif len(key.encode()) > CLIENTMSGID_MAX:
            self._desk.violation(
                call.appid, f"{endpoint}: a clientmsgid of more than {CLIENTMSGID_MAX} bytes"
            )
            raise ApiError(45067, "clientmsgid size out of limit")
        seen = self._desk.store.get(call.kind("clientmsgid"), key)
        if seen and self._desk.clock.now() - seen["at"] < CLIENTMSGID_MEMORY:
            raise ApiError(45065, "clientmsgid exist", {"msg_id": seen["msg_id"]})
        return key

    def _job(self, base: str, draft: Document, audience: Document) -> Document:
        now = self._desk.clock.now()
        return {
            "msg_id": self._desk.number("msg_id"),
            "msg_data_id": self._desk.number("msg_data_id"),
            "media_id": draft["media_id"],
            "articles": draft["articles"],
            "base": base,
            "created_at": now,
            "day": self._desk.clock.day(),
            "due_at": now + self._desk.config.publish_seconds,
            "to_all": audience["to_all"],
            "tag": audience.get("tag", ""),
            "openids": audience["openids"],
            "total": audience.get("total", len(audience["openids"])),
            "status": "SENDING",
        }

    # -- ending --------------------------------------------------------------------------------------------------

    def _finish(self, appid: str, msg_id: str) -> None:
        job = self._desk.store.get(f"sending:{appid}", msg_id)
        if job is not None:
            self._drafts.release(appid, job["media_id"])
            self._end(appid, job)

    def _end(self, appid: str, job: Document) -> None:
        worked, key, entry = job["ends_with"] == SENT, str(job["msg_id"]), None
        job["status"] = "SEND_SUCCESS" if worked else "SEND_FAIL"
        job["title"] = job["articles"][0]["title"]
        job["reached"] = self.quota.reached(self._desk.known(appid), job["openids"]) if worked else []
        if worked:
            entry = self._shelf.put(appid, PUSHED, key, job)
            if job["to_all"]:
                self._drafts.consume(appid, job["media_id"])
            self._chats.push(appid, job["reached"], entry)
        del job["articles"]
        self._desk.store.delete(f"sending:{appid}", key)
        self._desk.store.put(f"mass:{appid}", key, job)
        self._desk.post(appid, _told(job, links(entry) if entry else []))

    # -- looking and deleting ------------------------------------------------------------------------------------

    def _get(self, call: Call) -> Document:
        job = self._found(call, call.word("msg_id"))
        return {"msg_id": job["msg_id"], "msg_status": job["status"]}

    def _found(self, call: Call, msg_id: str) -> Document:
        store = self._desk.store
        job = store.get(call.kind("mass"), msg_id) or store.get(call.kind("sending"), msg_id)
        if job is None:
            raise ApiError(40059, "invalid msg id")
        return job

    def _delete(self, call: Call) -> Document:
        """Deleting one push of a draft deletes every push of it; the cards stay in the chats."""
        index, url = call.body.get("article_idx") or 0, call.word("url")
        msg_id = call.word("msg_id")
        if url:
            page = self._shelf.page(url.rpartition("/s/")[2])
            msg_id, index = (
                (page[1]["article_id"], page[2] + 1) if page and page[0] == call.appid else ("", 0)
            )
        job = self._found(call, msg_id)
        if job["status"] != "SEND_SUCCESS" or not isinstance(index, int):
            raise ApiError(40059, "invalid msg id")
        for other in self._desk.store.all(call.kind("mass")):
            if other["media_id"] == job["media_id"] and other["status"] == "SEND_SUCCESS":
                self._take_down(call, other, index)
        return dict(OK)

    def _take_down(self, call: Call, job: Document, index: int) -> None:
        with suppress(ApiError):
            self._shelf.delete(call.appid, str(job["msg_id"]), index)
        _, entry = self._shelf.find(call.appid, str(job["msg_id"])) or ("", {"articles": []})
        if all(article["is_deleted"] for article in entry["articles"]):
            self._desk.store.put(call.kind("mass"), str(job["msg_id"]), {**job, "status": "DELETE"})

    def _preview(self, call: Call) -> Document:
        require(call.account.may_mass_send and call.account.verified)
        openid = self._audience.by_wxname(call.appid, call.word("towxname")) or call.word("touser")
        if call.word("towxname") and not openid:
            raise ApiError(40132, "invalid username")
        if not self._audience.follows(call.appid, openid):
            raise ApiError(40003, "invalid openid")
        if call.body.get("msgtype") == "text":
            self._chats.say(call.appid, openid, str(call.part("text").get("content", "")))
        else:
            draft = self._drafts.existing(call.appid, self._media_of(call))
            self._chats.preview(call.appid, openid, draft)
        return {"errcode": 0, "errmsg": "preview success"}

    def _speed(self, call: Call) -> Document:
        require(call.account.verified)
        return {"speed": 0, "realspeed": 80}


def _told(job: Document, items: list[Document]) -> dict[str, Any]:
    """The event MASSSENDJOBFINISH, in the order of the platform's sample."""
    reached = len(job["reached"])
    worked = job["status"] == "SEND_SUCCESS"
    return {
        "Event": "MASSSENDJOBFINISH",
        "MsgID": job["msg_id"],
        "Status": job["ends_with"],
        "TotalCount": job["total"],
        "FilterCount": len(job["openids"]) if worked else 0,
        "SentCount": reached,
        "ErrorCount": len(job["openids"]) - reached if worked else 0,
        "CopyrightCheckResult": {"Count": 0, "ResultList": "", "CheckState": 0},
        "ArticleUrlResult": {
            "Count": len(items),
            "ResultList": {
                "item": [{"ArticleIdx": item["idx"], "ArticleUrl": item["article_url"]} for item in items]
            }
            if items
            else "",
        },
    }
