"""The description against the API: what is asked by its rules, and what breaks them, is answered as it says (schemathesis)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings

from channels import outbox
from channels.models import Outlet, WithdrawalKind
from sites.api.description.document import document
from sites.embed.forms import FORMS
from sites.feeds.archive import Month
from sites.feeds.selection import Selection
from sites.feeds.variants import VARIANTS
from sites.feeds.views import ENTRY_FORMS
from sites.feeds.window import Cursor
from sites.models import SavedFeed
from sites.serving.documents import Shelf
from sites.serving.wsgi_layer import DocumentLayer
from sites.websub import intake
from sites.websub.views import FORM
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
def hub(db: None, one_connection: None) -> Any:
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
    config = schemathesis.Config.from_dict(
        {
            "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
            "generation": {"with-security-parameters": False},  # every key that is made up is refused
        }
    )
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app=app, config=config)


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


OPERATIONS = [
    (method.upper(), path, "parameters" in operation or "requestBody" in operation)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
]
ASKED = [("positive", method, path) for method, path, _ in OPERATIONS]
ASKED += [("negative", method, path) for method, path, is_asked in OPERATIONS if is_asked]


@pytest.mark.parametrize(("mode", "method", "path"), ASKED)
def test_the_api_keeps_to_its_description(hub: Any, mode: str, method: str, path: str) -> None:
    operation = hub[path][method]
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


OUTLET, KIND = {"outlet": "school"}, {"kind": "column", "code": "ywdt"}


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("{outlet}", OUTLET),
        ("{outlet}/{kind}/{code}", {**OUTLET, **KIND}),
        ("by/all", {}),
        ("by/{kind}/{code}", KIND),
        ("saved/{key}", {"key": Selection(outlet="school", units=("xcb",), size=20).key}),
    ],
)
def test_feeds_that_are_there_keep_to_their_description(hub: Any, shape: str, said: dict[str, str]) -> None:
    """In every form: whole, a page behind the first, an archive, one item, embedded."""
    shown, now = build.edition(), timezone.now()
    school = Outlet.objects.get(slug="school")
    outbox.plan(shown, [outbox.Target(outlet_id=school.pk, reason="测试")], now=now)
    chosen = Selection(outlet="school", units=("xcb",), size=20)
    SavedFeed.objects.create(key=chosen.key, selection=chosen.to_json(), made_at=now)
    item = {**said, "content_id": str(shown.content_id)}
    before = str(Cursor(now + timedelta(days=1), shown.content_id))
    for variant in VARIANTS:
        read(hub, f"/feeds/{shape}.{{variant}}", {**said, "variant": variant})
        read(hub, f"/feeds/{shape}.{{variant}}", {**said, "variant": variant}, {"before": before})
        month = {**said, "variant": variant, "month": str(Month.of(now))}
        read(hub, f"/feeds/{shape}/archive/{{month}}.{{variant}}", month)
    for form in ENTRY_FORMS:
        read(hub, f"/feeds/{shape}/{{content_id}}.{{form}}", {**item, "form": form})
    for form in FORMS:
        path, named = (shape, said) if shape != "{outlet}" else ("{name}", {"name": "school"})
        read(hub, f"/embed/{path}.{{form}}", {**named, "form": form}, {"callback": "show.list"})


def read(hub: Any, path: str, said: dict[str, str], query: dict[str, str] | None = None) -> None:
    case = hub[path]["GET"].Case(path_parameters=said, query=query or {})
    assert case.call_and_validate(checks=checks(), headers=PLAIN).status_code == 200, case.formatted_path


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/changes", {}),
        ("/api/openapi.json", {}),
        ("/feeds/{outlet}.{variant}", {"outlet": "school", "variant": "atom"}),
        ("/feeds/{outlet}.{variant}", {"outlet": "school", "variant": "json"}),
        ("/embed/by/all.{form}", {"form": "js"}),
    ],
)
def test_a_key_that_opens_nothing_is_told_so(hub: Any, path: str, said: dict[str, str]) -> None:
    case = hub[path]["GET"].Case(path_parameters=said, query={"key": "ts_nobody_x"})
    assert case.call_and_validate(checks=checks(), headers=PLAIN).status_code == 401


def test_what_is_closed_keeps_to_its_description(hub: Any) -> None:
    outbox.retire(Outlet.objects.get(slug="school"), now=NOW)
    closed = [
        ("/feeds/{outlet}.{variant}", {"variant": "atom"}, 410),
        ("/feeds/{outlet}/{content_id}.{form}", {"form": "html", "content_id": str(uuid4())}, 410),
        ("/embed/{name}.{form}", {"form": "json"}, 410),
        ("/embed/{name}.{form}", {"form": "js"}, 200),
    ]
    for path, said, status in closed:
        case = hub[path]["GET"].Case(path_parameters={"outlet": "school", "name": "school", **said})
        assert case.call_and_validate(checks=checks(), headers=PLAIN).status_code == status, path


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({}, 202, "accepted"),
        ({"hub.mode": "unsubscribe"}, 202, "accepted"),
        ({"hub.lease_seconds": 0}, 400, "lease_invalid"),
        ({"hub.callback": "http://10.0.0.1/"}, 400, "callback_forbidden"),
        ({"hub.topic": "http://hub.example/feeds/nobody.atom"}, 404, "topic_unknown"),
        ({"hub.secret": "x" * 20_000}, 413, "too_large"),
    ],
)
def test_subscribing_keeps_to_its_description(
    hub: Any, changed: dict[str, Any], status: int, code: str
) -> None:
    asked = {
        "hub.mode": "subscribe",
        "hub.topic": "http://hub.example/feeds/school.atom",
        "hub.callback": "https://www.school.example/push/f3a9",
        "hub.secret": "secret",
        "hub.lease_seconds": 86_400,
    }
    case = hub["/websub/"]["POST"].Case(body={**asked, **changed}, media_type=FORM)
    answer = case.call_and_validate(checks=checks())
    assert (answer.status_code, answer.headers["x-hub-status"]) == (status, [code])


def test_too_many_subscriptions_are_told_when_to_come_back(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "PER_HOST_RATE", 0)
    asked = {
        "hub.mode": "subscribe",
        "hub.topic": "http://hub.example/feeds/school.atom",
        "hub.callback": "https://www.school.example/push/f3a9",
    }
    answer = hub["/websub/"]["POST"].Case(body=asked, media_type=FORM).call_and_validate(checks=checks())
    assert answer.status_code == 429
