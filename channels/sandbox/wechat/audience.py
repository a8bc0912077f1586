"""Followers and their tags as the account sees them: user/… and tags/…"""

from __future__ import annotations

from channels.sandbox.articles import ApiError
from channels.sandbox.store import Document
from channels.sandbox.wechat.call import OK, Call, Endpoint, Endpoints, word_of
from channels.sandbox.wechat.desk import Desk, require

TAGS_MAX, TAGS_A_FOLLOWER, TAGGED_AT_ONCE, ASKED_AT_ONCE = 100, 20, 50, 100
TAG_NAME_BYTES = 30
RESERVED = {"0", "1", "2"}
FIRST_TAG = 100
PAGE = 10_000


class Audience:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def endpoints(self) -> Endpoints:
        return {
            "user/get": Endpoint(self._list, "GET"),
            "user/info": Endpoint(self._one, "GET"),
            "user/info/batchget": Endpoint(self._several),
            "user/tag/get": Endpoint(self._tagged),
            "tags/create": Endpoint(self._create),
            "tags/get": Endpoint(self._tags, "GET"),
            "tags/update": Endpoint(self._rename),
            "tags/delete": Endpoint(self._remove),
            "tags/getidlist": Endpoint(self._tags_of),
            "tags/members/batchtagging": Endpoint(self._tag),
            "tags/members/batchuntagging": Endpoint(self._untag),
        }

    # -- for the other families ----------------------------------------------------------------------------------

    def followers(self, appid: str, *, tag: str = "") -> list[str]:
        """Openids, the longest following first; of one tag or of all."""
        people = reversed(self._desk.store.all(f"follower:{appid}"))
        return [
            who["openid"] for who in people if who["subscribe"] and (not tag or int(tag) in who["tagid_list"])
        ]

    def follows(self, appid: str, openid: str) -> bool:
        who = self._desk.store.get(f"follower:{appid}", openid)
        return bool(who and who["subscribe"])

    def by_wxname(self, appid: str, wxname: str) -> str:
        """The follower with that WeChat id (微信号), empty for none."""
        people = self._desk.store.all(f"follower:{appid}") if wxname else []
        found = (who["openid"] for who in people if who["wxname"] == wxname and who["subscribe"])
        return next(found, "")

    def has_tag(self, appid: str, tag: str) -> bool:
        return tag == "2" or self._desk.store.get(f"tag:{appid}", tag) is not None

    def add(self, appid: str, openid: str, scene: str, wxname: str) -> None:
        before = self._desk.store.get(f"follower:{appid}", openid) or {}
        who: Document = {
            "openid": openid,
            "subscribe": 1,
            "subscribe_time": int(self._desk.clock.now()),
            "scene": scene,
            "wxname": wxname or before.get("wxname", ""),
            "tagid_list": [],
        }
        self._desk.store.put(f"follower:{appid}", openid, who)

    def drop(self, appid: str, openid: str) -> None:
        who = self._desk.store.get(f"follower:{appid}", openid)
        if who:
            gone = {**who, "subscribe": 0, "tagid_list": []}
            self._desk.store.put(f"follower:{appid}", openid, gone)

    # -- user/… --------------------------------------------------------------------------------------------------

    def _list(self, call: Call) -> Document:
        everyone, after = self.followers(call.appid), str(call.query.get("next_openid") or "")
        if after and after not in everyone:
            raise ApiError(40003, "invalid openid")
        page = everyone[everyone.index(after) + 1 if after else 0 :][:PAGE]
        answer: Document = {"total": len(everyone), "count": len(page)}
        return (
            {**answer, "data": {"openid": page}, "next_openid": page[-1]}
            if page
            else {**answer, "next_openid": ""}
        )

    def _one(self, call: Call) -> Document:
        require(call.account.verified)
        return self._shown(call, str(call.query.get("openid") or ""))

    def _several(self, call: Call) -> Document:
        require(call.account.verified)
        asked = call.body.get("user_list")
        if not isinstance(asked, list) or not 1 <= len(asked) <= ASKED_AT_ONCE:
            raise ApiError(40032, "invalid openid list size")
        openids = [word_of(entry.get("openid")) if isinstance(entry, dict) else "" for entry in asked]
        return {"user_info_list": [self._shown(call, openid) for openid in openids]}

    def _shown(self, call: Call, openid: str) -> Document:
        """As the platform shows people since it gives no names any more."""
        who = self._known(call, openid)
        if not who["subscribe"]:
            return {"subscribe": 0, "openid": openid, "tagid_list": []}
        scene = who["scene"]
        return {
            "subscribe": 1,
            "openid": openid,
            "language": "zh_CN",
            "subscribe_time": who["subscribe_time"],
            "remark": "",
            "groupid": who["tagid_list"][0] if who["tagid_list"] else 0,
            "tagid_list": who["tagid_list"],
            "subscribe_scene": "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH",
            "qr_scene": int(scene) if scene.isdigit() else 0,
            "qr_scene_str": "" if scene.isdigit() else scene,
        }

    def _known(self, call: Call, openid: str) -> Document:
        who = self._desk.store.get(call.kind("follower"), openid)
        if who is None:
            raise ApiError(40003, "invalid openid")
        return who

    def _tagged(self, call: Call) -> Document:
        tag = self._tag_of(call.word("tagid"), call)
        openids, after = self.followers(call.appid, tag=tag), call.word("next_openid")
        page = openids[openids.index(after) + 1 if after in openids else 0 :][:PAGE]
        answer: Document = {"count": len(page)}
        return {**answer, "data": {"openid": page}, "next_openid": page[-1]} if page else answer

    # -- tags/… --------------------------------------------------------------------------------------------------

    def _create(self, call: Call) -> Document:
        require(call.account.verified)
        name = self._name_of(call)
        if self._desk.store.count(call.kind("tag")) >= TAGS_MAX:
            raise ApiError(45056, "too many tag now, please delete unused tags")
        number = FIRST_TAG + self._desk.store.next(f"tag:{call.appid}") - 1
        self._desk.store.put(call.kind("tag"), str(number), {"id": number, "name": name})
        return {"tag": {"id": number, "name": name}}

    def _tags(self, call: Call) -> Document:
        require(call.account.verified)
        own = reversed(self._desk.store.all(call.kind("tag")))
        tags = [{"id": 2, "name": "星标组"}, *own]
        return {
            "tags": [{**tag, "count": len(self.followers(call.appid, tag=str(tag["id"])))} for tag in tags]
        }

    def _rename(self, call: Call) -> Document:
        tag = self._own_tag(call)
        self._desk.store.put(call.kind("tag"), tag, {"id": int(tag), "name": self._name_of(call, tag)})
        return dict(OK)

    def _remove(self, call: Call) -> Document:
        tag = self._own_tag(call)
        self._desk.store.delete(call.kind("tag"), tag)
        for openid in self.followers(call.appid, tag=tag):
            self._mark(call, openid, tag, on=False)
        return dict(OK)

    def _name_of(self, call: Call, tag: str = "") -> str:
        """The wanted name of a new tag or of `tag`. Raises ApiError."""
        name = call.part("tag").get("name")
        if not isinstance(name, str) or not name.strip():
            raise ApiError(45157, "invalid tag name")
        if len(name.encode()) > TAG_NAME_BYTES:
            raise ApiError(45158, "invalid tag name size")
        others = [entry for entry in self._desk.store.all(call.kind("tag")) if str(entry["id"]) != tag]
        if name == "星标组" or any(entry["name"] == name for entry in others):
            raise ApiError(45157, "invalid tag name")
        return name

    def _own_tag(self, call: Call) -> str:
        require(call.account.verified)
        tag = word_of(call.part("tag").get("id"))
        if tag in RESERVED:
            raise ApiError(45058, "can't modify sys tag")
        return self._tag_of(tag, call)

    def _tag_of(self, tag: str, call: Call) -> str:
        require(call.account.verified)
        if not self.has_tag(call.appid, tag):
            raise ApiError(45159, "invalid tag id")
        return tag

    def _tags_of(self, call: Call) -> Document:
        require(call.account.verified)
        return {"tagid_list": self._known(call, call.word("openid"))["tagid_list"]}

    def _tag(self, call: Call) -> Document:
        return self._mark_all(call, on=True)

    def _untag(self, call: Call) -> Document:
        return self._mark_all(call, on=False)

    def _mark_all(self, call: Call, *, on: bool) -> Document:
        """All or none. Raises ApiError."""
        openids = call.openids("openid_list", most=TAGGED_AT_ONCE)
        tag = self._tag_of(call.word("tagid"), call)
        for openid in openids:
            who = self._known(call, openid)
            if not who["subscribe"]:
                raise ApiError(40003, "invalid openid")
            if on and int(tag) not in who["tagid_list"] and len(who["tagid_list"]) >= TAGS_A_FOLLOWER:
                raise ApiError(45059, "can't add too many tags to a fans")
        for openid in openids:
            self._mark(call, openid, tag, on=on)
        return dict(OK)

    def _mark(self, call: Call, openid: str, tag: str, *, on: bool) -> None:
        who = self._known(call, openid)
        others = [number for number in who["tagid_list"] if number != int(tag)]
        marked = [*others, int(tag)] if on else others
        self._desk.store.put(call.kind("follower"), openid, {**who, "tagid_list": marked})
