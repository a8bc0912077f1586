"""Pictures: inside articles (uploadimg), in the library (add_material), and those that last three days (media/upload)."""

from __future__ import annotations

import hashlib
import secrets

from channels.sandbox import pictures
from channels.sandbox.articles import ApiError
from channels.sandbox.pictures import Picture, Upload
from channels.sandbox.store import Document
from channels.sandbox.wechat.call import IMAGES, Call, Endpoint, Endpoints
from channels.sandbox.wechat.desk import Desk


class Uploads:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def endpoints(self) -> Endpoints:
        return {
            "media/uploadimg": Endpoint(self._upload_image),
            "media/upload": Endpoint(self._upload_temporary),
            "material/add_material": Endpoint(self._add_material),
        }

    def file(self, call: Call) -> tuple[str, bytes]:
        """material/get_material: (content type, the picture itself). Raises ApiError."""
        material = self._desk.store.get(call.kind("material"), call.word("media_id"))
        file = self._desk.store.file(material["file"]) if material else None
        if file is None:
            raise ApiError(40007, "invalid media_id")
        return file

    def material(self, appid: str, media_id: str) -> Document | None:
        """A permanent picture."""
        return self._desk.store.get(f"material:{appid}", media_id)

    def duplicates(self, appid: str) -> int:
        """Uploads of bytes that the account already had from the same call."""
        return sum(entry["times"] - 1 for entry in self._desk.store.all(f"uploaded:{appid}"))

    def _upload_image(self, call: Call) -> Document:
        self._watch(call, "media/uploadimg")
        picture = pictures.for_article(call.upload)
        return {"url": f"{call.base}{IMAGES}{self._keep(call, 'media/uploadimg', picture)}"}

    def _add_material(self, call: Call) -> Document:
        self._watch(call, "material/add_material")
        picture = pictures.for_library(call.upload, str(call.query.get("type", "")))
        name = self._keep(call, "material/add_material", picture)
        media_id = secrets.token_urlsafe(32)
        self._desk.store.put(
            call.kind("material"),
            media_id,
            {"media_id": media_id, "file": name, "width": picture.width, "height": picture.height},
        )
        return {"media_id": media_id, "url": f"{call.base}{IMAGES}{name}?from=material"}

    def _upload_temporary(self, call: Call) -> Document:
        """Its media_id is good for messages, never for a cover."""
        self._watch(call, "media/upload")
        kind = str(call.query.get("type", ""))
        pictures.for_library(call.upload, kind)
        now = int(self._desk.clock.now())
        return {"type": kind, "media_id": secrets.token_urlsafe(32), "created_at": now}

    def _keep(self, call: Call, endpoint: str, picture: Picture) -> str:
        """The file's name in the sandbox; counts how often the account sent these bytes to this call."""
        assert call.upload is not None
        key = f"{endpoint} {hashlib.sha256(call.upload.data).hexdigest()}"
        before = self._desk.store.get(call.kind("uploaded"), key) or {"times": 0}
        self._desk.store.put(call.kind("uploaded"), key, {"times": before["times"] + 1})
        return self._desk.store.keep_file(call.upload.data, picture.content_type, picture.extension)

    def _watch(self, call: Call, endpoint: str) -> None:
        problem = _problem(call.upload)
        if problem:
            self._desk.violation(call.appid, f"{endpoint}: {problem}")


def _problem(upload: Upload | None) -> str:
    if upload is None:
        return "no file, or a file without a name"
    if not upload.name.isascii():
        return "a file name that is not ASCII"
    return "" if upload.data else "an empty file"
