"""免提示域名: the operator's list of trusted hosts, on Wagtail's own list and form."""

from __future__ import annotations

from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from sites.leaving.models import AllowedDomain


class AllowedDomainViewSet(ModelViewSet):
    model = AllowedDomain
    name = "allowed_domains"
    icon = "link-external"
    menu_label = "免提示域名"
    menu_hook = "register_hub_menu_item"
    menu_order = 40
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    form_fields = ["domain", "site", "reason"]
    list_display = [
        "domain",
        Column("site", label="适用站点", accessor=lambda row: row.site or "全部站点"),
        "reason",
    ]
    search_fields = ["domain", "reason"]
