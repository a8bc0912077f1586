"""Making a site in one transaction: unit, outlet, home, columns, host and rules. All of it is there, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.log_actions import LogContext, log
from wagtail.models import Page, Site

from channels.models import Outlet
from cms.models import Column, RoutingRule, Unit
from sites.making import addresses, filling
from sites.models import ColumnIndex, SiteHome


@dataclass(frozen=True, slots=True)
class NewColumn:
    title: str
    slug: str
    column_type: str
    codes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSite:
    """Everything that the form has asked and checked. `host` is empty for a site below its parent's path.

    own_rule: what the unit issues goes to the new outlet. rules: keys of existing rules that it joins. fill: what these
    would have brought in the last months is placed there now.
    """

    kind: str
    title: str
    full_name: str
    slug: str
    parent: Page
    unit: Unit
    colour: str
    group: str = ""
    host: str = ""
    footer: dict[str, str] = field(default_factory=dict)
    columns: Sequence[NewColumn] = ()
    own_rule: bool = False
    rules: Sequence[int] = ()
    fill: bool = False


@transaction.atomic
def make(plan: NewSite, *, now: datetime, user: Any = None) -> SiteHome:
    """The live site. `plan.unit` is saved here when it is new."""
    if plan.unit.pk is None:
        plan.unit.save()
    outlet = _outlet(plan)
    with LogContext(user=user):
        home = _home(plan, outlet, user)
        for column in plan.columns:
            _column(home, column, user)
    if plan.host:
        Site.objects.create(
            hostname=plan.host, port=addresses.port(), root_page=home, site_name=plan.full_name[:255]
        )
    _rules(plan, outlet)
    if plan.fill:
        filling.fill(outlet, now=now)
    log(home, "site.make", user=user, timestamp=now)
    return home


def _outlet(plan: NewSite) -> Outlet:
    url = addresses.site_url(plan.parent, plan.slug, plan.host)
    return Outlet.objects.create(
        slug=plan.slug,
        name=plan.title,
        channel="hosted",
        group=plan.group,
        url=url,
        options={"base_url": url},
    )


def _home(plan: NewSite, outlet: Outlet, user: Any) -> SiteHome:
    home = SiteHome(
        title=plan.title,
        slug=plan.slug,
        full_name=plan.full_name,
        kind=plan.kind,
        colour=plan.colour,
        outlet=outlet,
        unit=plan.unit,
        show_in_menus=True,
        live=False,
        **plan.footer,
    )
    plan.parent.add_child(instance=home)
    home.save_revision(user=user).publish(user=user, skip_permission_checks=True)
    return SiteHome.objects.get(pk=home.pk)


def _column(home: SiteHome, column: NewColumn, user: Any) -> None:
    page = ColumnIndex(
        title=column.title,
        slug=column.slug,
        column_type=column.column_type,
        description=f"{home.full_name}{column.title}"[:200],
        show_in_menus=True,
        live=False,
    )
    home.add_child(instance=page)
    page.columns.set(Column.objects.filter(code__in=column.codes))
    page.save()
    page.save_revision(user=user).publish(user=user, skip_permission_checks=True)


def _rules(plan: NewSite, outlet: Outlet) -> None:
    if plan.own_rule:
        rule = RoutingRule(name=f"{plan.unit.short_name or plan.unit.name}稿件进{plan.title}"[:100])
        rule.save()
        rule.units.set([plan.unit])
        rule.outlets.set([outlet])
        rule.save()
    for joined in RoutingRule.objects.filter(pk__in=plan.rules):
        joined.outlets.add(outlet)
        joined.save()
