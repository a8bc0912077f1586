"""Replacing the keys that seal outlets' secrets."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from channels.errors import ConfigError
from tests.factories import make_outlet


@pytest.mark.django_db
def test_after_resealing_the_old_key_may_go(settings) -> None:
    settings.OUTLET_KEYS = ["old"]
    outlet = make_outlet("web_post", secrets={"secret": "whsec_x"})

    settings.OUTLET_KEYS = ["new", "old"]
    call_command("reseal", verbosity=0)

    settings.OUTLET_KEYS = ["new"]
    outlet.refresh_from_db()
    assert outlet.secrets() == {"secret": "whsec_x"}


@pytest.mark.django_db
def test_a_secret_that_no_key_opens_stops_the_run_and_changes_nothing(settings) -> None:
    settings.OUTLET_KEYS = ["first"]
    good = make_outlet("web_post", secrets={"secret": "a"})
    settings.OUTLET_KEYS = ["lost"]
    make_outlet("web_post", secrets={"secret": "b"})
    before = good.sealed

    settings.OUTLET_KEYS = ["new", "first"]
    with pytest.raises(ConfigError):
        call_command("reseal")

    good.refresh_from_db()
    assert good.sealed == before
