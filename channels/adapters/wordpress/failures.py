"""What an answer of WordPress's REST interface means: its own error codes first, then the status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from channels.answers import failure_of, redact
from channels.contract import Answer
from channels.errors import ChannelError, ConfigError, Missing, OutcomeUnknown, Refused, Unreachable

TRASH_OFF: Final = "rest_trash_not_supported"
NO_ROUTE: Final = "rest_no_route"

_STRANGER = frozenset(
    {
        "rest_not_logged_in",
        "rest_forbidden_context",
        "incorrect_password",
        "invalid_username",
        "invalid_email",
    }
)
"""401 with one of these: WordPress takes a wrong password, and a lost header, for a visitor without an account."""
_GONE = frozenset({"rest_post_invalid_id", "rest_already_trashed"})
_WHO_ARE_YOU = (
    "网站不认本系统的用户名或应用密码，请管理员核对；"
    "确认无误的，请对方检查网站是否启用 https、服务器是否转发 Authorization 请求头"
)
_TOO_WEAK = "账号权限不足，网站拒绝了操作，请对方把该账号的角色设为“编辑”或“作者”"
_NO_PASSWORDS = "网站停用了应用密码，请对方启用（WordPress 5.6 以上、https），或关闭禁用它的安全插件"
_CLOSED = "网站关闭了接口（REST API），请对方在安全插件中对本系统的账号放行"
_WALL = "网站的防火墙或安全插件拦截了请求（{status}），请对方放行本系统服务器和 /wp-json 地址"
_NO_API = "没有找到 WordPress 接口（404），请管理员核对网站地址，并请对方确认没有停用 REST API"
_PAGE = "网站返回的是网页而不是接口数据，多为安全插件、登录跳转或程序报错，请对方检查 /wp-json 地址"
_PAGE_AFTER_WRITE = "网站的应答不是接口数据，结果未知，系统将先核对再处理；反复出现的，请对方检查安全插件"


class Forbidden(ConfigError):
    """The site knows the account, which may not do this to this object."""


def document_of(answer: Answer) -> Any:
    """The JSON of an answer, None when it is none. A byte order mark before it is a common plug-in's mistake."""
    try:
        return json.loads(answer.text.lstrip("\ufeff").strip())
    except ValueError:
        return None


def failure(answer: Answer, *, write: bool, secrets: Sequence[str]) -> ChannelError | None:
    """None for a success with JSON. Every write here may be repeated: channels/adapters/wordpress/README.md says why."""
    document = document_of(answer)
    detail = redact(answer.text, secrets)
    if isinstance(document, dict) and answer.status >= 400:
        return _by_code(answer, document, detail, secrets)
    if 200 <= answer.status < 300 and document is None:
        kind, sentence = (OutcomeUnknown, _PAGE_AFTER_WRITE) if write else (ConfigError, _PAGE)
        return kind(sentence, code=str(answer.status), detail=detail)
    if answer.status in {401, 403, 406}:
        return ConfigError(_WALL.format(status=answer.status), code=str(answer.status), detail=detail)
    if answer.status == 404:
        return ConfigError(_NO_API, code="404", detail=detail)
    if answer.status == 413:
        return Refused("文件或正文超过对方服务器的上限（413），请压缩后重新签发", code="413", detail=detail)
    return failure_of(answer, write=write, repeatable=True, secrets=secrets)


def _by_code(
    answer: Answer, document: dict[str, Any], detail: str, secrets: Sequence[str]
) -> ChannelError | None:
    code, said = str(document.get("code", "")), redact(str(document.get("message", ""))[:200], secrets)
    found = _verdict(answer.status, code, said)
    if found is not None:
        kind, sentence = found
        return kind(sentence, code=code, detail=detail)
    usual = failure_of(answer, write=True, repeatable=True, secrets=secrets)
    if isinstance(usual, Refused):
        return Refused(f"网站不收该稿件：{said}；请按提示修改后重新签发", code=code, detail=detail)
    return usual


def _verdict(status: int, code: str, said: str) -> tuple[type[ChannelError], str] | None:
    if code in _GONE:
        return Missing, "网站上没有这篇文章，系统将先核对再处理"
    if code == NO_ROUTE:
        return ConfigError, _CLOSED
    if status in {404, 410}:
        # Only WordPress's own word proves that a post is gone.
        return ConfigError, _NO_API
    if code.startswith("application_passwords_disabled"):
        return ConfigError, _NO_PASSWORDS
    if status == 401:
        return ConfigError, _WHO_ARE_YOU if code in _STRANGER else _CLOSED
    if status == 403:
        return Forbidden, _TOO_WEAK
    if code == "rest_upload_hash_mismatch":
        return Unreachable, "文件在途中损坏，系统将自动重传"
    if code.startswith("rest_upload_"):
        return (
            Refused,
            f"网站没有收下文件：{said}；请换用常见格式或压缩后重新签发，仍不行的请对方检查上传目录",
        )
    if code == TRASH_OFF:
        return Refused, "网站没有启用回收站，请对方处理"
    return None
