"""菜单: written here, checked against the platform's limits, published, and read back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.utils import timezone
from wagtail.log_actions import log

from channels.wechat import menus
from cms.dashboard.wechat.base import AccountPage
from cms.dashboard.wechat.menu_form import CHOICES, ColumnRows, buttons_of, entered, shown


class MenuView(AccountPage):
    page_title = "菜单"
    tab = "menu"
    template_name = "cms/desk/wechat/menu.html"
    verbs = {"keep": "keep", "publish": "publish", "import": "bring_in"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        menu = menus.menu_of(self.outlet)
        kwargs.setdefault("columns", shown(menus.draft_of(menu)))
        return super().get_context_data(
            menu=menu,
            is_published=menu.published_at is not None and menu.draft == menu.published,
            choices=CHOICES,
            articles=menus.articles(self.outlet),
            **kwargs,
        )

    def keep(self) -> HttpResponseBase:
        columns = entered(self.request.POST.dict())
        buttons = buttons_of(columns)
        menus.keep(self.outlet, buttons)
        messages.success(self.request, "草稿已保存，尚未发布到公众号")
        return self._with(columns, menus.problems(buttons))

    def publish(self) -> HttpResponseBase:
        columns = entered(self.request.POST.dict())
        buttons = buttons_of(columns)
        menus.keep(self.outlet, buttons)
        if found := menus.problems(buttons):
            messages.error(self.request, "未发布：请按提示修改菜单")
            return self._with(columns, found)
        user = self.request.user
        checked = menus.publish(self.outlet, buttons, by=user.get_username(), now=timezone.now())
        log(self.outlet, "wechat.menu", user=user, data={"text": checked})
        tell = messages.success if checked == menus.SAME else messages.warning
        tell(self.request, f"菜单已发布，{checked}；关注者重新进入公众号后可见，最迟约 5 分钟")
        return self.again()

    def bring_in(self) -> HttpResponseBase:
        current = menus.bring_in(self.outlet)
        log(self.outlet, "wechat.menu", user=self.request.user, data={"text": "导入现有菜单"})
        messages.success(self.request, f"已导入 {len(current.buttons)} 个一级菜单作为草稿，核对后发布")
        if current.strange:
            names = "、".join(current.strange)
            messages.warning(self.request, f"以下菜单类型只能在公众号后台编辑，没有导入：{names}")
        return self.again()

    def _with(self, columns: Sequence[ColumnRows], found: list[str]) -> HttpResponseBase:
        """The form as it was entered, with what is wrong."""
        return self.render_to_response(self.get_context_data(columns=columns, found=found))
