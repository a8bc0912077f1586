"""python -m channels.sandbox --port 8900 --state DIRECTORY"""

from __future__ import annotations

import argparse
from pathlib import Path

from aiohttp import web

from channels.sandbox.config import DISTRICT_ACCOUNTS, SandboxConfig
from channels.sandbox.server import Sandbox

DEMO_QUOTA_FACTOR = 100


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m channels.sandbox", description="外部系统沙箱：演示、演练和测试用"
    )
    parser.add_argument("--host", default="127.0.0.1", help="监听地址")
    parser.add_argument("--port", type=int, default=8900, help="监听端口")
    parser.add_argument("--state", type=Path, help="保存内容的目录或文件；不填则只在内存中")
    parser.add_argument("--publish-seconds", type=float, default=2.0, help="微信审核用时（秒）")
    parser.add_argument("--real-quotas", action="store_true", help="按真实公众号的每日次数限制")
    options = parser.parse_args()
    config = SandboxConfig(
        accounts=DISTRICT_ACCOUNTS,
        publish_seconds=options.publish_seconds,
        quota_factor=1 if options.real_quotas else DEMO_QUOTA_FACTOR,
    )
    sandbox = Sandbox(config, _file(options.state))
    try:
        web.run_app(
            sandbox.application(),
            host=options.host,
            port=options.port,
            print=None,
            access_log=None,
            shutdown_timeout=0.2,
        )
    except OSError as error:
        raise SystemExit(f"沙箱无法使用 {options.host}:{options.port}：{error.strerror or error}") from None
    finally:
        sandbox.store.close()


def _file(state: Path | None) -> Path | None:
    """Where to keep things: a file as given, or a file of ours in a directory."""
    if state is None:
        return None
    return state / "sandbox.sqlite3" if state.is_dir() or not state.suffix else state


if __name__ == "__main__":
    main()
