"""When the hub itself fails, readers get a Chinese sentence and no detail."""

from __future__ import annotations

import pytest
from django.test import Client

from sites import home
from sites.models import SiteHome


@pytest.mark.filterwarnings("ignore")
def test_a_failure_is_told_in_chinese_without_details(
    reader: Client, portal: SiteHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(home, "home", fail)
    reader.raise_request_exception = False
    answer = reader.get("/")
    assert answer.status_code == 500
    text = answer.content.decode()
    assert "系统暂时无法处理您的请求" in text
    assert "secret detail" not in text
