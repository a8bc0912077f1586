"""Drills: the twin takes the new items, the real outlet hears nothing, and ending it is the operator's choice."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from django.utils import timezone

from channels import drills, outbox
from channels.engine import Dispatcher
from channels.http import HttpClient
from channels.models import CheckpointEntry, Item, Outlet, Placement, State, WithdrawalKind
from channels.sandbox.running import RunningSandbox, running_sandbox
from tests.channels.builders import edition, targets
from tests.channels.loopback import Loopback
from tests.channels.wechat_account import new_account

pytestmark = pytest.mark.django_db(transaction=True)


class Real(Loopback):
    """The real receiver: it takes everything, tells no address to look at, and remembers that it was called."""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"id": "1"})


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def real() -> Iterator[Real]:
    with Real() as server:
        yield server


@pytest.fixture
def outlet(real: Real) -> Outlet:
    outlet = Outlet(slug="egov", name="电子政务统一平台", channel="web_post", group="区级平台", contact="甲")
    outlet.options = {"url": f"{real.url}/items", "mode": "notify"}
    outlet.set_secrets({"secret": "the-real-secret"})
    outlet.save()
    return outlet


def start(outlet: Outlet, sandbox: RunningSandbox) -> Outlet:
    return drills.start(outlet, sandbox_url=sandbox.url, now=timezone.now())


def end(outlet: Outlet, *, carry: bool) -> int:
    return drills.end(outlet, carry=carry, now=timezone.now())


def sign(outlet: Outlet, content_id: uuid.UUID | None = None, **changes: Any) -> Item:
    content_id = content_id or uuid.uuid4()
    outbox.plan(edition(content_id, **changes), targets(outlet), now=timezone.now())
    return Item.objects.get(content_id=content_id)


def settle() -> None:
    """Let the engine do what is due, looks that are due later included."""
    for _ in range(4):
        Placement.objects.filter(due_at__isnull=False).update(due_at=timezone.now() - timedelta(seconds=1))
        Dispatcher(http=lambda: HttpClient(allowed_networks=["127.0.0.0/8"])).run()


def at(outlet: Outlet, item: Item) -> Placement | None:
    return Placement.objects.filter(outlet=outlet, item=item).first()


def test_a_new_item_goes_to_the_twin_and_the_real_outlet_hears_nothing(
    outlet: Outlet, real: Real, sandbox: RunningSandbox
) -> None:
    twin = start(outlet, sandbox)
    item = sign(outlet)
    settle()
    assert at(outlet, item) is None
    placement = at(twin, item)
    assert placement is not None
    assert placement.state == State.SETTLED
    assert placement.remote_url.startswith(sandbox.url)
    assert len(sandbox.copies(item.uri)) == 1
    assert real.requests == []


def test_a_correction_of_a_drilled_item_stays_with_the_twin(
    outlet: Outlet, real: Real, sandbox: RunningSandbox
) -> None:
    twin = start(outlet, sandbox)
    item = sign(outlet)
    sign(outlet, item.pk, headline="停水通知（更正）")
    settle()
    placement = at(twin, item)
    assert placement is not None
    assert placement.desired is not None
    assert placement.desired.number == 2
    assert at(outlet, item) is None
    assert real.requests == []


def test_what_is_at_the_real_outlet_stays_and_its_correction_is_held(
    outlet: Outlet, real: Real, sandbox: RunningSandbox
) -> None:
    item = sign(outlet)
    settle()
    calls = len(real.requests)
    twin = start(outlet, sandbox)
    sign(outlet, item.pk, headline="停水通知（更正）")
    settle()
    placement = at(outlet, item)
    assert placement is not None
    assert placement.state == State.HELD
    assert at(twin, item) is None
    assert sandbox.copies(item.uri) == []
    assert len(real.requests) == calls
    end(outlet, carry=False)
    settle()
    placement.refresh_from_db()
    assert placement.state == State.ACCEPTED
    assert len(real.requests) == calls + 1


def test_a_withdrawal_reaches_the_real_outlet_during_a_drill(
    outlet: Outlet, real: Real, sandbox: RunningSandbox
) -> None:
    item = sign(outlet)
    settle()
    start(outlet, sandbox)
    calls = len(real.requests)
    outbox.recall(item.pk, kind=WithdrawalKind.GONE, reason="有误", now=timezone.now())
    settle()
    placement = at(outlet, item)
    assert placement is not None
    assert (placement.state, placement.actual) == (State.SETTLED, None)
    assert len(real.requests) == calls + 1


def test_ending_recalls_the_sandbox_and_sends_nothing_unasked(
    outlet: Outlet, real: Real, sandbox: RunningSandbox
) -> None:
    twin = start(outlet, sandbox)
    item = sign(outlet)
    settle()
    assert end(outlet, carry=False) == 0
    settle()
    assert sandbox.copies(item.uri) == []
    assert at(outlet, item) is None
    assert real.requests == []
    twin.refresh_from_db()
    outlet.refresh_from_db()
    assert twin.retired_at is not None
    assert (outlet.paused_at, outlet.paused_reason) == (None, "")
    assert drills.running() == []


def test_ending_with_carrying_over_sends_what_was_signed(
    outlet: Outlet, real: Real, sandbox: RunningSandbox
) -> None:
    start(outlet, sandbox)
    kept, withdrawn = sign(outlet), sign(outlet)
    settle()
    outbox.recall(withdrawn.pk, kind=WithdrawalKind.GONE, reason="练习", now=timezone.now())
    assert end(outlet, carry=True) == 1
    settle()
    placement = at(outlet, kept)
    assert placement is not None
    assert placement.state == State.ACCEPTED
    assert at(outlet, withdrawn) is None
    assert sandbox.copies(kept.uri) == []
    assert len(real.requests) == 1


def test_after_the_end_items_go_to_the_real_outlet_again(
    outlet: Outlet, real: Real, sandbox: RunningSandbox
) -> None:
    start(outlet, sandbox)
    end(outlet, carry=False)
    item = sign(outlet)
    assert at(outlet, item) is not None


def test_the_next_drill_takes_the_same_twin(outlet: Outlet, sandbox: RunningSandbox) -> None:
    first = start(outlet, sandbox)
    end(outlet, carry=False)
    outlet.refresh_from_db()
    assert start(outlet, sandbox).pk == first.pk
    assert Outlet.objects.filter(drill_of=outlet).count() == 1


def test_a_twin_at_another_sandbox_remembers_nothing_of_the_first(
    outlet: Outlet, sandbox: RunningSandbox
) -> None:
    """Pictures that it has uploaded, drafts, tokens: the other one knows none of them."""
    twin = start(outlet, sandbox)
    CheckpointEntry.objects.create(outlet=twin, scope="shared", name="image.2.aa", value="http://…/aa.png")
    CheckpointEntry.objects.create(outlet=outlet, scope="shared", name="image.2.aa", value="https://…/aa.png")
    end(outlet, carry=False)
    outlet.refresh_from_db()
    start(outlet, sandbox)
    assert CheckpointEntry.objects.filter(outlet=twin).exists()
    end(outlet, carry=False)
    outlet.refresh_from_db()
    drills.start(outlet, sandbox_url="http://127.0.0.1:9", now=timezone.now())
    assert CheckpointEntry.objects.get().outlet == outlet


def test_the_twin_is_given_no_secret_of_the_real_one(outlet: Outlet, sandbox: RunningSandbox) -> None:
    twin = start(outlet, sandbox)
    assert "the-real-secret" not in twin.secrets().values()
    assert twin.options == {"url": f"{sandbox.url}/receiver/egov-drill/items", "mode": "notify"}
    assert (twin.slug, twin.name, twin.group) == ("egov-drill", "电子政务统一平台（演练）", "区级平台")


def test_the_twin_of_an_account_has_a_demo_account(sandbox: RunningSandbox) -> None:
    account = new_account(sandbox, slug="pinzhi", kind="service")
    Outlet.objects.filter(pk=account.pk).update(
        options={**account.options, "api_base": "https://api.weixin.qq.com", "appid": "wx1"}
    )
    twin = start(account, sandbox)
    assert twin.options["api_base"] == sandbox.url
    assert twin.options["appid"] == f"wxdemo9{account.pk:011d}"
    assert twin.options["kind"] == "service"


def test_a_channel_without_an_address_cannot_be_drilled(sandbox: RunningSandbox) -> None:
    hosted = Outlet.objects.create(slug="menhu", name="门户", channel="hosted")
    assert not drills.can_drill(hosted)
    with pytest.raises(drills.NotPossible):
        start(hosted, sandbox)


def test_a_paused_outlet_is_not_drilled_and_none_twice(outlet: Outlet, sandbox: RunningSandbox) -> None:
    outbox.pause(outlet, reason="改版", now=timezone.now())
    with pytest.raises(drills.NotPossible, match="请先恢复"):
        start(outlet, sandbox)
    outbox.resume(outlet, now=timezone.now())
    twin = start(outlet, sandbox)
    for one in (outlet, twin):
        with pytest.raises(drills.NotPossible):
            start(one, sandbox)
    end(outlet, carry=False)
    with pytest.raises(drills.NotPossible):
        end(outlet, carry=False)


def test_a_foreign_outlet_that_has_the_twins_slug_is_left_alone(
    outlet: Outlet, sandbox: RunningSandbox
) -> None:
    Outlet.objects.create(slug="egov-drill", name="别的", channel="feed")
    with pytest.raises(drills.NotPossible, match="egov-drill"):
        start(outlet, sandbox)
    outlet.refresh_from_db()
    assert outlet.paused_at is None
