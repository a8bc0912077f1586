"""Who may handle which messages: the permission says that somebody does, his rights on pages say for which sites.

Whoever may edit a site's home handles what was written to that site, and what was handed to the unit that runs it. So a
sub-office sees its own messages and nobody else's, with the groups that it has anyway.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from wagtail.models import Page
from wagtail.permissions import policy_registry

from sites.enquiries.models import Enquiry
from sites.models import SiteHome

HANDLE = "enquiries.handle_enquiry"


def may_handle(user: Any) -> bool:
    return bool(user.has_perm(HANDLE))


def visible(user: Any) -> QuerySet[Enquiry]:
    """What this user may read and answer."""
    if not may_handle(user):
        return Enquiry.objects.none()
    if user.is_superuser:
        return Enquiry.objects.all()
    pages = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "change")
    homes = SiteHome.objects.filter(pk__in=pages.values("pk"))
    units = homes.exclude(unit=None).values("unit")
    return Enquiry.objects.filter(Q(site__in=homes.values("pk")) | Q(unit__in=units))


def registered() -> QuerySet[Permission]:
    """What the group editor offers."""
    return Permission.objects.filter(content_type__app_label="enquiries", codename="handle_enquiry")
