import pytest

from channels.models import Item, Placement
from tests.factories import make_column_page, make_outlet, make_page, make_rule, make_site, sign

pytestmark = pytest.mark.django_db


def test_signing_freezes_an_edition_and_wants_it_at_every_target():
    site = make_site()
    feed = make_outlet("feed")
    make_rule(feed)
    page = make_page("notice", parent=make_column_page(site))
    record = sign(page)
    assert record.number == 1
    wanted = Placement.objects.filter(desired=record)
    assert {placement.outlet for placement in wanted} == {site.outlet, feed}
    assert Item.objects.get().current == record
