"""A real WordPress on loopback for tests: Debian's package, PHP's own server, a database that is dropped afterwards.

Needs Debian's wordpress, php-cli, php-mysql, php-gd, php-xml, php-mbstring and a MariaDB that takes this user, or anybody, for root.
`absent` says what is missing. The site speaks to nobody: no cron, no updates, no requests beyond loopback.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.ports import free_port

HERE = Path(__file__).parent
SOURCES = Path("/usr/share/wordpress/wp-settings.php")
DATABASE = ("127.0.0.1", 3306)
EXTENSIONS = frozenset({"mysqli", "gd", "xml", "mbstring"})
WORKERS = "4"
"""Requests at a time: with one, a page that asks its own site would wait for itself."""
PATIENCE = 20.0


@cache
def absent() -> str:
    """What keeps WordPress from running here; empty when nothing does."""
    if not SOURCES.is_file():
        return "needs WordPress: apt install wordpress"
    if not shutil.which("php") or not shutil.which("mariadb"):
        return "needs PHP and MariaDB: apt install php-cli mariadb-server"
    modules = set(_run("php", "-m").lower().split())
    if missing := EXTENSIONS - modules:
        return f"needs PHP's {', '.join(sorted(missing))}: apt install php-mysql php-gd php-xml php-mbstring"
    return "" if _client() else "needs MariaDB at 127.0.0.1:3306, with a root that has no password"


class WordPress:
    """Use with `with`. `url` is the site's address without a trailing slash; `passwords` are application passwords.

    Accounts: webmaster (administrator), desk (editor), writer and second (authors), guest (contributor). One category, `tongzhi`.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.passwords: dict[str, str] = {}
        self._database = f"tongsheng_wp_{os.getpid()}_{self.port}"
        self._password = secrets.token_hex(16)
        self._content = Path(tempfile.mkdtemp(prefix="wordpress-"))
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _start(self) -> None:
        shutil.copytree(HERE / "theme", self._content / "themes" / "plain")
        (self._content / "uploads").mkdir()
        self._rule(
            f"CREATE DATABASE {self._database} CHARACTER SET utf8mb4;"
            f"CREATE USER {self._database} IDENTIFIED BY '{self._password}';"
            f"GRANT ALL ON {self._database}.* TO {self._database};"
        )
        self.passwords = json.loads(_run("php", str(HERE / "install.php"), env=self._environment))
        self._server = subprocess.Popen(
            ["php", "-S", f"127.0.0.1:{self.port}", str(HERE / "router.php")],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait()

    def close(self) -> None:
        if self._server is not None:
            # PHP's workers are children of their own: the group goes as one.
            os.killpg(self._server.pid, 15)
            self._server.wait()
        self._rule(f"DROP DATABASE IF EXISTS {self._database}; DROP USER IF EXISTS {self._database};")
        shutil.rmtree(self._content, ignore_errors=True)

    def sql(self, statement: str) -> str:
        """The answer of the site's database, tab separated, without a head."""
        return _run(*_client(), "-N", "-B", "-e", statement, self._database)

    def _rule(self, statements: str) -> None:
        _run(*_client(), "-e", statements)

    def php(self, code: str) -> str:
        """What `code` prints, run inside WordPress: for what a webmaster does behind the hub's back."""
        head = f"$_SERVER['HTTP_HOST'] = '127.0.0.1'; require '{HERE}/config.php'; require ABSPATH . 'wp-settings.php';"
        return _run("php", "-r", f"{head} {code}", env=self._environment)

    def clear(self) -> None:
        """No posts and no files."""
        for table in ("posts", "postmeta", "term_relationships"):
            self.sql(f"DELETE FROM wp_{table}")
        shutil.rmtree(self._content / "uploads")
        (self._content / "uploads").mkdir()

    def posts(self) -> list[tuple[int, str, str]]:
        """(number, status, address word) of every post, the trash too, oldest first."""
        listed = self.sql(
            "SELECT ID, post_status, post_name FROM wp_posts WHERE post_type = 'post' ORDER BY ID"
        )
        rows = (line.split("\t") for line in listed.splitlines())
        return [(int(number), status, slug) for number, status, slug in rows]

    @contextmanager
    def plugin(self, code: str) -> Iterator[None]:
        """What a site may have on top: `code` runs at the start of every request."""
        # PHP's server looks at a file of a known name again only after 2 seconds.
        file = self._content / "mu-plugins" / f"test-{secrets.token_hex(4)}.php"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"<?php {code}")
        try:
            yield
        finally:
            file.unlink()

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a public page."""
        try:
            with urlopen(f"{self.url}{path}", timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def files(self) -> list[str]:
        """Names of the uploaded files, without the smaller sizes that WordPress makes of pictures."""
        listed = self.sql("SELECT meta_value FROM wp_postmeta WHERE meta_key = '_wp_attached_file'")
        return sorted(Path(line).name for line in listed.splitlines())

    @property
    def _environment(self) -> dict[str, str]:
        own = {
            "WP_DB_NAME": self._database,
            "WP_DB_PASSWORD": self._password,
            "WP_DB_HOST": ":".join(map(str, DATABASE)),
            "WP_CONTENT": str(self._content),
            "WP_URL": self.url,
            "PHP_CLI_SERVER_WORKERS": WORKERS,
        }
        return {**os.environ, **own}

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                with urlopen(f"{self.url}/wp-json/", timeout=PATIENCE) as answer:
                    answer.read()
                    return
            except (URLError, ConnectionError):
                time.sleep(0.05)
        raise RuntimeError("WordPress does not answer")


@cache
def _client() -> tuple[str, ...]:
    """The database's own client as root: by its socket, as Debian sets it up, or by its port; empty when neither works."""
    ways = (("mariadb", "-uroot"), ("mariadb", "-uroot", f"-h{DATABASE[0]}"))
    for way in ways:
        with suppress(RuntimeError):
            _run(*way, "-e", "SELECT 1")
            return way
    return ()


def _run(*command: str, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-2000:] or done.stdout[-2000:]}")
    return done.stdout
