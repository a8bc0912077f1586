"""Remote calls that publishing 100 items to one account costs, against the fewest that the platform's API allows.

The fewest: one draft and one submit an item, one upload for each picture and cover that the account has not seen. The
end of a review comes by call-back. What is on top: one page of the list and one draft read back a day.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from threading import Thread

from benchmarks.ground import database, report

ITEMS = 100
PICTURES = 25
APPID = "wxdemo000000000701"
SECRETS = {"callback_token": "benchtoken", "callback_key": "placeholder" * 3 + "demoaeskey"}
GOAL = 1.05


def main(kind: str) -> None:
    with database(kind):
        from django.conf import settings

        from channels.sandbox.config import DEMO_SECRET, SandboxConfig
        from channels.sandbox.running import running_sandbox
        from cms.embedded.web import listen, serve
        from cms.wsgi import application

        settings.ALLOWED_HOSTS = ["127.0.0.1"]
        listening = listen("127.0.0.1", 0)
        port = listening.getsockname()[1]
        hub = Thread(target=serve, args=(application, listening), kwargs={"threads": 2}, daemon=True)
        hub.start()
        with running_sandbox(SandboxConfig(publish_seconds=0.1)) as sandbox:
            sandbox.set_callback(
                APPID,
                url=f"http://127.0.0.1:{port}/wechat/account/",
                token=SECRETS["callback_token"],
                aes_key=SECRETS["callback_key"],
                mode="safe",
            )
            publish(sandbox.url, {"secret": DEMO_SECRET, **SECRETS})
            count(sandbox)


def publish(api_base: str, secrets: dict[str, str]) -> None:
    """Signs the items and settles them; each shows one of PICTURES pictures, which is its cover, too."""
    import time

    from channels import assets, outbox
    from channels.edition import Image, Paragraph
    from channels.engine import Dispatcher
    from channels.http import HttpClient
    from channels.models import Outlet, Placement, State
    from tests.channels.builders import edition, targets
    from tests.channels.stage import picture, picture_bytes

    account = Outlet(slug="account", name="账号", channel="wechat_mp")
    account.options = {"appid": APPID, "api_base": api_base}
    account.set_secrets(secrets)
    account.save()
    for number in range(PICTURES):
        assets.freeze(picture_bytes(number), content_type="image/png", name=picture(number).name)
    now = datetime.now(UTC)
    for number in range(ITEMS):
        body = (
            Paragraph(html=f"第{number}号片区停水。"),
            Image(asset=picture(number % PICTURES), alt="示意图"),
        )
        item = edition(headline=f"停水通知（第{number}号片区）", first_created=now, body=body)
        outbox.plan(item, targets(account), now=now)
    deadline = time.monotonic() + 120
    while Placement.objects.exclude(state=State.SETTLED).exists():
        assert time.monotonic() < deadline, "not everything settled"
        Dispatcher(http=HttpClient).run()
        time.sleep(0.2)


def count(sandbox) -> None:  # type: ignore[no-untyped-def]
    made = Counter(call.partition("/cgi-bin/")[2] for call in sandbox.requests() if "/cgi-bin/" in call)
    fewest = 2 * ITEMS + 2 * PICTURES
    assert len(sandbox.copies()) == ITEMS
    assert sandbox.violations() == []
    for endpoint, calls in sorted(made.items()):
        print(f"  {endpoint:32} {calls:5}   {calls / ITEMS:.2f} an item")
    total = sum(made.values())
    report(
        f"remote calls for {ITEMS} articles / the fewest possible",
        total,
        fewest,
        total / fewest,
        GOAL,
        "calls",
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite")
