"""The description against the API: what is asked by its rules, and what breaks them, is answered as it says (schemathesis)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings

from channels import outbox
from channels.models import WithdrawalKind
from sites.api.description.document import document
from sites.serving.documents import Shelf
from sites.serving.wsgi_layer import DocumentLayer
from tests.sites import build
from tests.sites.hub import Asking

schemathesis = pytest.importorskip(
    "schemathesis", reason="needs schemathesis: pip install -r .ci/requirements.txt"
)

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
EXAMPLES = 12
PLAIN = {"Accept-Encoding": "identity"}
few = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Django closes a connection in the middle of a transaction when a request ends; here that is the test's own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def hub(db: None, _one_connection: None) -> Any:
    """Items in every state, behind the layer that documents come from, all in the test's own transaction."""
    school, office = build.outlet("school", channel="feed"), build.outlet("office", channel="feed")
    account = build.outlet("account", channel="wechat_mp")
    build.column("ywdt")
    for outlets in ([school], [school, office], [account]):
        value = build.edition(cover=build.cover(), keywords=("停水",), expires=NOW)
        outbox.plan(value, [outbox.Target(outlet_id=one.pk, reason="测试") for one in outlets], now=NOW)
    gone = build.edition()
    outbox.plan(gone, [outbox.Target(outlet_id=school.pk, reason="测试")], now=NOW)
    outbox.recall(
        gone.content_id,
        kind=WithdrawalKind.REDIRECT,
        reason="测试",
        now=NOW,
        replacement_url="https://www.example.gov.cn/new",
    )
    app = DocumentLayer(WSGIHandler(), shelf=Shelf(), watching=Asking())
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app=app)


def checks() -> list[Any]:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks as known

    # Not positive_data_acceptance: whether a number or a name exists is no matter of its form.
    return [
        not_a_server_error,
        known.status_code_conformance,
        known.content_type_conformance,
        known.response_headers_conformance,
        known.response_schema_conformance,
        known.negative_data_rejection,
        known.unsupported_method,
        known.allow_header_conformance,
    ]


PATHS = document()["paths"]
ASKED = [("positive", path) for path in PATHS]
ASKED += [("negative", path) for path, methods in PATHS.items() if methods["get"].get("parameters")]


@pytest.mark.parametrize(("mode", "path"), ASKED)
def test_the_api_keeps_to_its_description(hub: Any, mode: str, path: str) -> None:
    operation = hub[path]["GET"]
    strategy = operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode))
    held_to = checks()

    @few
    @given(strategy)
    def run(case: Any) -> None:
        case.call_and_validate(checks=held_to, headers=PLAIN)

    run()


def test_what_is_there_keeps_to_its_description(hub: Any) -> None:
    """Whatever is generated, most cursors and ids lead nowhere: these do not."""
    changes = hub["/api/changes"]["GET"]
    held_to = checks()
    for query in ({}, {"since": 2, "limit": 1}, {"outlet": "school"}, {"feed": "by/tag/停水"}, {"since": 5}):
        answer = changes.Case(query=query).call_and_validate(checks=held_to, headers=PLAIN)
        assert answer.status_code == 200, query
        for entry in answer.json()["changes"]:
            item = hub["/api/items/{content_id}"]["GET"]
            asked = item.Case(path_parameters={"content_id": entry["content_id"]})
            asked.call_and_validate(checks=held_to, headers=PLAIN)
