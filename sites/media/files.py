"""The files of editions at `/assets/`, and smaller copies at `/pictures/`: content-addressed, so immutable; public while a placed item needs them."""

from __future__ import annotations

from collections.abc import Callable

from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
)
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header, parse_etags
from django.views.decorators.http import require_safe

from channels.edition import Asset
from channels.models import AssetFile, EditionRecord, Item, Placement
from sites.media import pictures

# A shared cache looks again soon, so that the file of a withdrawn item leaves it; a browser keeps its own copy.
PUBLIC = "public, max-age=31536000, immutable, s-maxage=600"


@require_safe
def asset(request: HttpRequest, prefix: str, sha256: str, extension: str) -> HttpResponseBase:
    """404 for what is no asset, 410 for the file of a withdrawn item; the desk sees what a draft needs."""
    return _guarded(request, _file(prefix, sha256, extension), _content)


@require_safe
def picture(request: HttpRequest, width: str, prefix: str, sha256: str, extension: str) -> HttpResponseBase:
    """A smaller copy of an asset, under the asset's own rules."""
    if int(width) not in pictures.WIDTHS or extension not in pictures.ENCODINGS:
        raise Http404("没有这个尺寸")

    def content(file: AssetFile) -> HttpResponseBase:
        path = pictures.derive(file.path, int(width))
        return _inline(FileResponse(default_storage.open(path), content_type=file.content_type))

    return _guarded(request, _file(prefix, sha256, extension), content)


def _file(prefix: str, sha256: str, extension: str) -> AssetFile:
    file = get_object_or_404(AssetFile, pk=sha256)
    if file.path != f"assets/{prefix}/{sha256}.{extension}":
        raise Http404("没有这个文件")
    return file


def _guarded(
    request: HttpRequest, file: AssetFile, content: Callable[[AssetFile], HttpResponseBase]
) -> HttpResponseBase:
    is_public = _is_public(file)
    if not is_public and not request.user.is_authenticated:
        return HttpResponse("该文件已不再提供。", status=410, content_type="text/plain; charset=utf-8")
    try:
        response = _unchanged(request, file.pk) or content(file)
    except FileNotFoundError as error:
        raise Http404("文件缺失，请联系管理员从备份恢复") from error
    response["ETag"] = f'"{file.pk}"'
    response["Cache-Control"] = PUBLIC if is_public else "private, no-store"
    return response


def _is_public(file: AssetFile) -> bool:
    """True while an item that is not withdrawn shows it, in its newest edition or at some outlet."""
    if Item.objects.filter(withdrawn_at=None, current__assets=file).exists():
        return True
    return Placement.objects.filter(item__withdrawn_at=None, desired__assets=file).exists()


def _unchanged(request: HttpRequest, sha256: str) -> HttpResponseBase | None:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return HttpResponseNotModified() if {"*", f'"{sha256}"', f'W/"{sha256}"'} & set(known) else None


def _content(file: AssetFile) -> HttpResponseBase:
    response = FileResponse(default_storage.open(file.path), content_type=file.content_type)
    if file.content_type in Asset.EXTENSIONS:
        return _inline(response)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = content_disposition_header(True, _name(file)) or "attachment"
    # An attachment opened as a document of this host must not be able to act for it.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _inline(response: FileResponse) -> FileResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response


def _name(file: AssetFile) -> str:
    """The name that the editor gave the file, from the newest edition that carries it."""
    record = EditionRecord.objects.filter(assets=file).order_by("-pk").first()
    assets = record.edition().assets if record else ()
    named = next((asset.name for asset in assets if asset.sha256 == file.pk), "")
    return named.replace("/", "_").replace("\\", "_") or file.path.rpartition("/")[2]
