"""The stand-in of WordPress sites refuses what the real one refuses, with its codes (tests/wordpress has a real one)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from channels.sandbox.config import DEMO_SECRET
from channels.sandbox.running import RunningSandbox, running_sandbox
from channels.sandbox.wordpress.rules import USER

_numbers = count(1)
PNG = {"Content-Type": "image/png", "Content-Disposition": 'attachment; filename="a.png"'}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


class Caller:
    """Calls a site that nobody has used, as its account."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self.site = f"site-{next(_numbers)}"

    def __call__(
        self, method: str, path: str, body: Any = None, *, password: str = DEMO_SECRET, **headers: str
    ) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        pair = base64.b64encode(f"{USER}:{password}".encode()).decode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.sandbox.url}/wordpress/{self.site}/wp-json/wp/v2/{path}"
        request = Request(url, method=method, data=data, headers={"Authorization": f"Basic {pair}", **names})
        try:
            with urlopen(request) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, json.load(error)["code"]

    def upload(self, query: str = "", data: bytes = b"x", **headers: str) -> tuple[int, Any]:
        return self(
            "POST", f"media{query}", data, **{**{k.replace("-", "_"): v for k, v in PNG.items()}, **headers}
        )

    def post(self, **fields: Any) -> dict[str, Any]:
        status, post = self("POST", "posts", {"title": "题", "content": "文", **fields})
        assert status == 201
        return post  # type: ignore[no-any-return]


@pytest.fixture
def call(sandbox: RunningSandbox) -> Caller:
    return Caller(sandbox)


def test_a_stranger_reads_nothing_that_is_for_editors(call: Caller) -> None:
    number = call.post(status="publish")["id"]
    for path in ("posts?context=edit", "posts?status=any", f"posts/{number}?context=edit"):
        assert call("GET", path, password="wrong") == (401, "rest_forbidden_context")
    assert call("GET", "users/me", password="wrong") == (401, "rest_not_logged_in")
    assert call("POST", "posts", {"title": "x"}, password="wrong") == (401, "rest_cannot_create")
    assert call("GET", f"posts/{number}", password="wrong")[0] == 200


def test_an_application_password_may_have_blanks(call: Caller) -> None:
    assert call("GET", "users/me", password=DEMO_SECRET.replace("-", " "))[0] == 200


def test_a_contributor_publishes_nothing_and_changes_nothing_published(call: Caller) -> None:
    number = call.post(status="publish")["id"]
    call.sandbox.set_wordpress(call.site, role="contributor")

    assert call("POST", "posts", {"title": "x", "status": "publish"}) == (403, "rest_cannot_publish")
    assert call("POST", f"posts/{number}", {"title": "x"}) == (403, "rest_cannot_edit")
    assert call("DELETE", f"posts/{number}") == (403, "rest_cannot_delete")
    assert call("GET", f"posts/{number}?context=edit") == (403, "rest_forbidden_context")
    assert call("GET", "posts?context=edit")[1] == []
    assert call.upload() == (403, "rest_cannot_create")


def test_what_makes_no_post_is_refused(call: Caller) -> None:
    assert call("POST", "posts", {"title": " "}) == (400, "empty_content")
    assert call("POST", "posts", {"title": "x", "status": "gone"}) == (400, "rest_invalid_param")
    assert call("POST", "posts", {"title": "x", "date_gmt": "gestern"}) == (400, "rest_invalid_param")
    assert call("POST", "posts", b"{") == (400, "rest_invalid_json")
    assert call("GET", "posts?per_page=101") == (400, "rest_invalid_param")
    assert call("GET", "posts?status=gone") == (400, "rest_invalid_param")
    assert call("GET", "posts/9") == (404, "rest_post_invalid_id")
    assert call("GET", "pages") == (404, "rest_no_route")


def test_what_is_not_there_is_dropped_without_a_word(call: Caller) -> None:
    post = call.post(categories=[2, 99], featured_media=99)
    assert (post["categories"], post["featured_media"]) == ([2], 0)


def test_an_address_is_free_or_made_free_when_the_post_is_published(call: Caller) -> None:
    assert [call.post(slug="A b", status="publish")["slug"] for _ in range(2)] == ["a-b", "a-b-2"]
    assert call.post(slug="a-b")["slug"] == "a-b"


def test_a_date_to_come_schedules(call: Caller) -> None:
    assert call.post(status="publish", date_gmt="2999-01-01T00:00:00")["status"] == "future"


def test_the_trash_gives_the_address_back_and_hides_the_post(call: Caller) -> None:
    post = call.post(slug="a", status="publish")
    page = f"{call.sandbox.url}/wordpress/{call.site}/a/"
    with urlopen(page) as answer:
        assert answer.status == 200

    assert call("DELETE", f"posts/{post['id']}")[1]["status"] == "trash"
    assert call("DELETE", f"posts/{post['id']}") == (410, "rest_already_trashed")
    with pytest.raises(HTTPError, match="404"):
        urlopen(page)
    assert call("GET", "posts?status=any")[1] == []
    assert call.post(slug="a", status="publish")["slug"] == "a"


def test_a_file_needs_a_name_a_known_type_and_bytes(call: Caller) -> None:
    assert call.upload(Content_Disposition="inline") == (400, "rest_upload_no_content_disposition")
    named = 'attachment; filename="a.ofd"'
    assert call.upload(Content_Disposition=named) == (500, "rest_upload_sideload_error")
    assert call.upload(data=b"") == (400, "rest_upload_no_data")

    status, entry = call.upload("?slug=ts-1&alt_text=a", b"bytes")
    assert (status, entry["slug"], entry["alt_text"]) == (201, "ts-1", "a")
    with urlopen(entry["source_url"]) as answer:
        assert (answer.headers["Content-Type"], answer.read()) == ("image/png", b"bytes")


def test_settings_that_there_are_not_are_refused(sandbox: RunningSandbox) -> None:
    for wrong in ({"rolle": "editor"}, {"role": "king"}, {"pretty": "no"}):
        with pytest.raises(ValueError, match="no such"):
            sandbox.set_wordpress("site", **wrong)


def test_the_index_lists_the_sites(call: Caller) -> None:
    call.post(title="停水通知", status="publish")
    for path in ("/", f"/wordpress/{call.site}/"):
        with urlopen(f"{call.sandbox.url}{path}") as answer:
            text = answer.read().decode()
        assert f'<a href="/wordpress/{call.site}/1/">停水通知</a>' in text
