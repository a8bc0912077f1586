"""The files of editions at `/assets/`: content-addressed, so immutable; public while a placed item needs them."""

from __future__ import annotations

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

# A shared cache looks again soon, so that the file of a withdrawn item leaves it; a browser keeps its own copy.
PUBLIC = "public, max-age=31536000, immutable, s-maxage=600"


@require_safe
def asset(request: HttpRequest, prefix: str, sha256: str, extension: str) -> HttpResponseBase:
    """404 for what is no asset, 410 for the file of a withdrawn item; the desk sees what a draft needs."""
    file = get_object_or_404(AssetFile, pk=sha256)
    if file.path != f"assets/{prefix}/{sha256}.{extension}":
        raise Http404("没有这个文件")
    is_public = _is_public(file)
    if not is_public and not request.user.is_authenticated:
        return HttpResponse("该文件已不再提供。", status=410, content_type="text/plain; charset=utf-8")
    response = _unchanged(request, sha256) or _content(file)
    response["ETag"] = f'"{sha256}"'
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
    try:
        stream = default_storage.open(file.path)
    except FileNotFoundError as error:
        raise Http404("文件缺失，请联系管理员从备份恢复") from error
    response = FileResponse(stream, content_type=file.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Length"] = str(file.size)
    if file.content_type in Asset.EXTENSIONS:
        response["Content-Disposition"] = "inline"
    else:
        response["Content-Disposition"] = content_disposition_header(True, _name(file)) or "attachment"
        # An attachment opened as a document of this host must not be able to act for it.
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _name(file: AssetFile) -> str:
    """The name that the editor gave the file, from the newest edition that carries it."""
    record = EditionRecord.objects.filter(assets=file).order_by("-pk").first()
    assets = record.edition().assets if record else ()
    named = next((asset.name for asset in assets if asset.sha256 == file.pk), "")
    return named.replace("/", "_").replace("\\", "_") or file.path.rpartition("/")[2]
