"""What the footer of a site leads to: the official mark and the registers of its numbers, and the picture of the mark.

The addresses are those that government sites carry: CONAC's page of the mark, the registers of 工信部 and 公安部, and the
national platform for 找错, which knows a site by its 网站标识码.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from sites.leaving.hosts import host_of
from sites.media import pictures

if TYPE_CHECKING:
    from sites.models import SiteHome

MARK_HOSTS = ("bszs.conac.cn", "dcs.conac.cn")
ICP_REGISTER = "https://beian.miit.gov.cn/"
POLICE_REGISTER = "https://beian.mps.gov.cn/#/query/webSearch"
FINDING = "https://zfwzgl.www.gov.cn/exposure/jiucuo.html"


def check_mark_url(url: str) -> None:
    if host_of(url) not in MARK_HOSTS:
        raise ValidationError("标识链接须以 https://bszs.conac.cn/ 开头，请从标识管理机构发放的代码中复制")


def police_register(record: str) -> str:
    """The record's own page; the register's first page for one whose 14 digits cannot be made out."""
    number = re.search(r"(?<!\d)\d{14}(?!\d)", record)
    return f"{POLICE_REGISTER}?code={number[0]}" if number else POLICE_REGISTER


def finding(site_id_code: str, page: str) -> str:
    """Where an error on `page` (its absolute address) is told to the national platform; empty for a site without a code."""
    is_known = bool(site_id_code.strip("0"))  # zeros stand for one that is still to come
    return f"{FINDING}?{urlencode({'site_code': site_id_code, 'url': page})}" if is_known else ""


@require_safe
def mark(request: HttpRequest, home: SiteHome) -> HttpResponseBase:  # noqa: ARG001
    if home.mark is None:
        raise Http404("本站没有设置标识")
    try:
        file = default_storage.open(pictures.derive_mark(home.mark))
    except FileNotFoundError as error:
        raise Http404("标识图片的文件缺失，请联系管理员从备份恢复") from error
    response = FileResponse(file, content_type="image/png")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "public, max-age=3600"
    return response
