"""What the account may do, and where the site's categories are: asked once each and remembered for the outlet."""

from __future__ import annotations

import json
import re
from typing import Final

from channels.adapters.wordpress.failures import NO_ROUTE
from channels.adapters.wordpress.site import Notes, Site
from channels.contract import OutletConfig
from channels.errors import ConfigError

DRAFT: Final = "draft"
ELSE: Final = "*"
"""In the mapping: every column that is not named."""
_NEEDED = {
    "upload_files": "上传文件",
    "edit_published_posts": "修改已发布的文章",
    "delete_published_posts": "删除已发布的文章",
    "publish_posts": "发布文章",
}
_ENTRY = re.compile(r"\s*([^=＝]+?)\s*[=＝]\s*(.+?)\s*")


class Account:
    def __init__(self, outlet: OutletConfig, site: Site, notes: Notes) -> None:
        self._options = outlet.options
        self._site = site
        self._notes = notes

    async def confirm(self) -> bool:
        """Raises ConfigError for an administrator's account and for one that may do too little.

        An administrator's password in the hub would be the whole site's. A site that hides its accounts goes unasked:
        False.
        """
        mode = self._options.get("status") or "publish"
        name = f"account.{mode}.{self._options.get('username', '')}"
        if await self._notes.get(name, shared=True):
            return True
        try:
            me = await self._site.get("users/me", {"context": "edit", "_fields": "id,roles,capabilities"})
        except ConfigError as error:
            if error.code != NO_ROUTE:
                raise
            return False
        may = {right for right, given in me.get("capabilities", {}).items() if given}
        if "manage_options" in may or "administrator" in me.get("roles", ()):
            raise ConfigError(
                "请不要使用网站管理员的账号，请对方另建一个“编辑”角色的账号并生成应用密码",
                code="administrator",
            )
        spared = {"publish_posts"} if mode == DRAFT else set()
        if missing := [label for right, label in _NEEDED.items() if right not in may | spared]:
            raise ConfigError(
                f"账号缺少权限（{'、'.join(missing)}），请对方把该账号的角色设为“编辑”或“作者”", code="role"
            )
        await self._notes.put(name, str(me.get("id", "")) or "ok", shared=True)
        return True

    async def confirm_categories(self) -> int:
        """How many the mapping names. Raises ConfigError for one that the site has not."""
        named = set(mapping(self._options.get("categories", "")).values())
        for name in sorted(named):
            await self._category(name)
        return len(named)

    async def categories(self, column: str) -> list[int]:
        """Ids for a column's code; none where the site's default category is meant. Raises ConfigError for an unknown one."""
        wanted = mapping(self._options.get("categories", ""))
        name = wanted.get(column) or wanted.get(ELSE)
        return [await self._category(name)] if name else []

    async def _category(self, name: str) -> int:
        """`name` is a category's slug or number. A number that does not exist would be ignored without a word."""
        known = await self._notes.get(f"category.{name}", shared=True)
        if known:
            return int(json.loads(known))
        key = "include" if name.isascii() and name.isdigit() else "slug"
        listed = await self._site.get("categories", {key: name, "_fields": "id"})
        if not listed:
            raise ConfigError(
                f"网站上没有别名或编号为“{name}”的分类目录，请管理员核对栏目对应", code="category"
            )
        number = int(listed[0]["id"])
        await self._notes.put(f"category.{name}", json.dumps(number), shared=True)
        return number


def mapping(text: str) -> dict[str, str]:
    """Column code -> category, of lines or of entries between commas or semicolons. Raises ConfigError for another text."""
    entries = [entry for entry in re.split(r"[\n,，;；]", text) if entry.strip()]
    found = [_ENTRY.fullmatch(entry) for entry in entries]
    if not all(found):
        raise ConfigError("栏目对应的写法不对，请管理员按“栏目代码=分类目录别名”填写，每行一条")
    return {match[1]: match[2] for match in found if match}
