"""The WeChat platform's calls on drafts, published articles and pictures. No HTTP here: documents in, documents out."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from channels.sandbox import articles, pictures
from channels.sandbox.articles import ApiError
from channels.sandbox.clock import Clock
from channels.sandbox.config import AccountConfig, SandboxConfig
from channels.sandbox.faults import Faults
from channels.sandbox.pictures import Upload
from channels.sandbox.store import Document, Store
from channels.sandbox.tokens import AccountTokens

IMAGES = "/mmbiz/"
PAGE_MAX = 20
RUNNING = 1
DELETED_LATER = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of an account. `base` is the sandbox's own address without a trailing slash."""

    account: AccountConfig
    base: str
    body: Document = field(default_factory=dict)
    query: Document = field(default_factory=dict)
    upload: Upload | None = None

    def kind(self, name: str) -> str:
        """The store's kind for this account's things."""
        return f"{name}:{self.account.appid}"

    def word(self, name: str) -> str:
        value = self.body.get(name)
        return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


class WeChatPlatform:
    """All accounts. Times come from `clock`; reviews end when somebody looks after their time."""

    def __init__(self, config: SandboxConfig, store: Store, clock: Clock, faults: Faults) -> None:
        self.config = config
        self._store = store
        self._clock = clock
        self._faults = faults
        self._tokens: dict[str, AccountTokens] = {}
        self._calls: dict[str, Callable[[Call], Document]] = {
            "media/uploadimg": self._upload_image,
            "material/add_material": self._add_material,
            "draft/add": self._draft_add,
            "draft/get": self._draft_get,
            "draft/batchget": self._draft_batchget,
            "draft/update": self._draft_update,
            "draft/delete": self._draft_delete,
            "draft/count": self._draft_count,
            "freepublish/submit": self._submit,
            "freepublish/get": self._job,
            "freepublish/getarticle": self._article,
            "freepublish/batchget": self._batchget,
            "freepublish/delete": self._delete,
            "openapi/quota/get": self._quota,
        }

    # -- tokens and quotas --------------------------------------------------------------------------------------

    def token(self, appid: str, secret: str, *, stable: bool, force: bool = False) -> Document:
        account = self.config.account(appid)
        if account is None:
            raise ApiError(40013, "invalid appid")
        if not secret:
            raise ApiError(41004, "appsecret missing")
        if secret != account.secret:
            raise ApiError(40125, "invalid appsecret")
        if not stable:
            self.spend(appid, "token")
        tokens, now = self._tokens_of(appid), self._clock.now()
        token, lifetime = tokens.stable(now, force=force) if stable else tokens.legacy(now)
        return {"access_token": token, "expires_in": lifetime}

    def account_of(self, token: str) -> AccountConfig:
        """The account that a token stands for. Raises ApiError with the code of what is wrong with it."""
        codes = [40001]
        for appid, tokens in self._tokens.items():
            code = tokens.errcode(token, self._clock.now())
            account = self.config.account(appid)
            if code == 0 and account is not None:
                return account
            codes.append(code)
        if not token:
            raise ApiError(41001, "access_token missing")
        code = 42001 if 42001 in codes else 40001
        raise ApiError(
            code,
            "access_token expired"
            if code == 42001
            else "invalid credential, access_token is invalid or not latest",
        )

    def revoke_tokens(self) -> None:
        for tokens in self._tokens.values():
            tokens.revoke()

    def tokens(self) -> list[str]:
        """The tokens that work now."""
        return [token for tokens in self._tokens.values() for token in tokens.valid(self._clock.now())]

    def call(self, endpoint: str, call: Call) -> Document:
        handler = self._calls.get(endpoint)
        if handler is None:
            raise ApiError(40066, "invalid url")
        self.spend(call.account.appid, endpoint)
        self.finish_reviews(call.account.appid)
        return handler(call)

    def get_material(self, call: Call) -> tuple[str, bytes]:
        """material/get_material: the picture itself."""
        material = self._store.get(call.kind("material"), call.word("media_id"))
        file = self._store.file(material["file"]) if material else None
        if file is None:
            raise ApiError(40007, "invalid media_id")
        return file

    def _tokens_of(self, appid: str) -> AccountTokens:
        return self._tokens.setdefault(appid, AccountTokens())

    def spend(self, appid: str, endpoint: str, calls: int = 1) -> None:
        """Counts calls of today. Raises ApiError over the quota."""
        used = self._store.next(self._counter(appid, endpoint), calls)
        limit = self.config.quota(endpoint)
        if limit is not None and used > limit:
            raise ApiError(45009, "reach max api daily quota limit")

    def _quota(self, call: Call) -> Document:
        endpoint = call.word("cgi_path").removeprefix("/cgi-bin/")
        limit = self.config.quota(endpoint)
        if limit is None:
            raise ApiError(76021, "cgi_path not found, please check")
        used = self._store.number(self._counter(call.account.appid, endpoint))
        quota = {"daily_limit": limit, "used": min(used, limit), "remain": max(0, limit - used)}
        return {"errcode": 0, "errmsg": "ok", "quota": quota}

    def _counter(self, appid: str, endpoint: str) -> str:
        return f"quota:{self._clock.day()}:{appid}:{endpoint}"

    # -- pictures -----------------------------------------------------------------------------------------------

    def _upload_image(self, call: Call) -> Document:
        picture = pictures.for_article(call.upload)
        assert call.upload is not None
        self._store.next(f"uploads:{call.account.appid}")
        name = self._store.keep_file(call.upload.data, picture.content_type, picture.extension)
        return {"url": f"{call.base}{IMAGES}{name}"}

    def _add_material(self, call: Call) -> Document:
        picture = pictures.for_library(call.upload, str(call.query.get("type", "")))
        assert call.upload is not None
        name = self._store.keep_file(call.upload.data, picture.content_type, picture.extension)
        media_id = secrets.token_urlsafe(32)
        self._store.put(
            call.kind("material"),
            media_id,
            {"media_id": media_id, "file": name, "width": picture.width, "height": picture.height},
        )
        return {"media_id": media_id, "url": f"{call.base}{IMAGES}{name}?from=material"}

    # -- drafts -------------------------------------------------------------------------------------------------

    def _draft_add(self, call: Call) -> Document:
        raw = call.body.get("articles")
        if not isinstance(raw, list) or not raw:
            raise ApiError(44003, "empty news data")
        if len(raw) > articles.ARTICLES_MAX:
            raise ApiError(45008, "news size out of limit")
        kept = [self._checked(call, article) for article in raw]
        media_id = secrets.token_urlsafe(32)
        self._store.put(call.kind("draft"), media_id, self._draft(media_id, kept))
        return {"media_id": media_id}

    def _draft_get(self, call: Call) -> Document:
        return {"news_item": self._existing_draft(call)["articles"]}

    def _draft_batchget(self, call: Call) -> Document:
        return self._page(call, "draft", "media_id")

    def _draft_update(self, call: Call) -> Document:
        draft, index = self._existing_draft(call), call.body.get("index", 0)
        if not isinstance(index, int) or not 0 <= index < len(draft["articles"]):
            raise ApiError(40114, "invalid index value")
        draft["articles"][index] = self._checked(call, call.body.get("articles"))
        self._store.put(
            call.kind("draft"), draft["media_id"], self._draft(draft["media_id"], draft["articles"])
        )
        return {"errcode": 0, "errmsg": "ok"}

    def _draft_delete(self, call: Call) -> Document:
        self._store.delete(call.kind("draft"), self._existing_draft(call)["media_id"])
        return {"errcode": 0, "errmsg": "ok"}

    def _draft_count(self, call: Call) -> Document:
        return {"total_count": self._store.count(call.kind("draft"))}

    def _checked(self, call: Call, raw: Any) -> Document:
        def has_cover(media_id: str) -> bool:
            return self._store.get(call.kind("material"), media_id) is not None

        article = articles.checked(raw, image_base=f"{call.base}{IMAGES}", has_cover=has_cover)
        cover = self._store.get(call.kind("material"), article["thumb_media_id"]) or {}
        if cover["width"] < 100 or cover["height"] < 100:
            raise ApiError(53402, "cover crop failed")
        return {**article, "thumb_url": f"{call.base}{IMAGES}{cover['file']}"}

    def _draft(self, media_id: str, kept: list[Document]) -> Document:
        return {"media_id": media_id, "articles": kept, "update_time": int(self._clock.now())}

    def _existing_draft(self, call: Call) -> Document:
        draft = self._store.get(call.kind("draft"), call.word("media_id"))
        if draft is None:
            raise ApiError(40007, "invalid media_id")
        return draft

    # -- publishing ---------------------------------------------------------------------------------------------

    def _submit(self, call: Call) -> Document:
        """Starts a review. A second submit of one draft starts a second one: nothing promises that it would not."""
        if not call.account.may_publish:
            raise ApiError(48001, "api unauthorized")
        draft = self._existing_draft(call)
        publish_id = str(self._store.next("publish_id") + 100_000_000)
        fault = self._faults.take("freepublish/submit", publishing=True)
        self._store.put(
            call.kind("review"),
            publish_id,
            {
                "publish_id": publish_id,
                "media_id": draft["media_id"],
                "articles": draft["articles"],
                "base": call.base,
                "due_at": self._clock.now() + self.config.publish_seconds,
                "status": RUNNING,
                "ends_with": fault.status if fault else 0,
            },
        )
        # A number, where the page says a string: the platform has given both.
        return {
            "errcode": 0,
            "errmsg": "ok",
            "publish_id": int(publish_id),
            "msg_data_id": int(publish_id) + 7,
        }

    def finish_reviews(self, appid: str) -> None:
        """Ends the reviews whose time has come: an article and no draft, or a status that says why not."""
        for job in reversed(self._store.all(f"review:{appid}")):
            if job["due_at"] <= self._clock.now():
                self._finish(appid, job)

    def _finish(self, appid: str, job: Document) -> None:
        job["status"] = job["ends_with"]
        if job["status"] == 0:
            self._store.delete(f"draft:{appid}", job["media_id"])
            number = self._store.next("article")
            sid = f"{number:06d}{secrets.token_hex(5)}"
            job["article_id"] = f"{secrets.token_urlsafe(24)}{sid}"
            url = f"{job['base']}/s/{sid}"
            items = [{**article, "url": url, "is_deleted": False} for article in job["articles"]]
            article = {
                "article_id": job["article_id"],
                "sid": sid,
                "publish_id": job["publish_id"],
                "articles": items,
                "update_time": int(self._clock.now()),
            }
            self._store.put(f"article:{appid}", job["article_id"], article)
            self._store.put("page", sid, {"appid": appid, "article_id": job["article_id"]})
        del job["articles"]
        self._store.delete(f"review:{appid}", job["publish_id"])
        self._store.put(f"job:{appid}", job["publish_id"], job)

    def _job(self, call: Call) -> Document:
        publish_id = call.word("publish_id")
        job = self._store.get(call.kind("job"), publish_id) or self._store.get(
            call.kind("review"), publish_id
        )
        if job is None:
            raise ApiError(40007, "invalid publish_id")
        status = job["status"]
        answer: Document = {"publish_id": job["publish_id"], "publish_status": status}
        if status == 0:
            article = self._store.get(call.kind("article"), job["article_id"])
            if article is None or article["articles"][0]["is_deleted"]:
                return {**answer, "publish_status": DELETED_LATER}
            item = [{"idx": 1, "article_url": article["articles"][0]["url"]}]
            answer |= {"article_id": job["article_id"], "article_detail": {"count": 1, "item": item}}
        return {**answer, "fail_idx": [1] if status in {2, 4} else []}

    def _article(self, call: Call) -> Document:
        return {"news_item": self._existing_article(call)["articles"]}

    def _batchget(self, call: Call) -> Document:
        return self._page(call, "article", "article_id")

    def _delete(self, call: Call) -> Document:
        article = self._existing_article(call)
        if article["articles"][0]["is_deleted"]:
            raise ApiError(53600, "invalid article_id")
        self.delete_article(call.account.appid, article["article_id"])
        return {"errcode": 0, "errmsg": "ok"}

    def delete_article(self, appid: str, article_id: str) -> None:
        """As the owner does in the back office; also for drills."""
        article = self._store.get(f"article:{appid}", article_id)
        if article is not None:
            article["articles"] = [{**item, "is_deleted": True} for item in article["articles"]]
            self._store.put(f"article:{appid}", article_id, article)

    def _existing_article(self, call: Call) -> Document:
        article = self._store.get(call.kind("article"), call.word("article_id"))
        if article is None:
            raise ApiError(53600, "invalid article_id")
        return article

    def _page(self, call: Call, name: str, key: str) -> Document:
        """One page of a list, newest first."""
        offset, count = call.body.get("offset", 0), call.body.get("count", 0)
        if (
            not isinstance(offset, int)
            or not isinstance(count, int)
            or offset < 0
            or not 1 <= count <= PAGE_MAX
        ):
            raise ApiError(40035, "invalid parameter: offset, count")
        bare = bool(call.body.get("no_content"))
        entries = self._store.all(call.kind(name), offset=offset, limit=count)
        items = [
            {
                key: entry[key],
                "content": {
                    "news_item": [_bare(article) if bare else article for article in entry["articles"]]
                },
                "update_time": entry["update_time"],
            }
            for entry in entries
        ]
        return {"total_count": self._store.count(call.kind(name)), "item_count": len(items), "item": items}


def _bare(article: Document) -> Document:
    return {name: value for name, value in article.items() if name != "content"}


def body_of(raw: bytes) -> Document:
    """The JSON object of a request. Raises ApiError."""
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise ApiError(47001, "data format error") from None
    if not isinstance(body, dict):
        raise ApiError(47001, "data format error")
    return body
