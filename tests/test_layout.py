"""The shape of the repository: what docs/adding-a-channel.md, docs/settings.md and the README promise about files."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.adapters import CHANNELS
from channels.management.commands.channel_matrix import matrix

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("channels", "cms", "sites")
MODULE_LINES_MAX = 400
TEST_LINES_MAX = 700
TOP = {
    ".ci",
    ".gitignore",
    "Makefile",
    "README.md",
    "benchmarks",
    "channels",
    "cms",
    "docs",
    "manage.py",
    "pyproject.toml",
    "requirements.in",
    "requirements.txt",
    "sites",
    "tests",
}
FORBIDDEN_NAMES = ("Manager", "Helper", "Util", "Data", "Info", "Processor")


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def pages() -> list[Path]:
    return [
        ROOT / "README.md",
        *sorted((ROOT / "docs").rglob("*.md")),
        *sorted(ROOT.glob("channels/**/README.md")),
    ]


def test_the_top_level_has_what_the_design_says_and_nothing_else() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    if not listed:
        pytest.skip("not a git work tree")

    assert {path.split("/")[0] for path in listed} <= TOP


def test_each_channel_has_a_folder_a_readme_and_a_line_in_the_table() -> None:
    folders = {path.parent.name for path in ROOT.glob("channels/adapters/*/adapter.py")}

    assert folders == set(CHANNELS)
    for name in folders:
        assert (ROOT / "channels/adapters" / name / "README.md").is_file(), name
        assert CHANNELS[name].startswith(f"channels.adapters.{name}."), name


def test_each_channel_runs_the_conformance_suite() -> None:
    tests = {path.stem: path.read_text() for path in (ROOT / "tests/channels").glob("test_*.py")}

    for name in CHANNELS:
        text = tests.get(f"test_{name}", "")
        classes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]
        bases = {ast.unparse(base).rpartition(".")[2] for node in classes for base in node.bases}
        assert any("Conformance" in base for base in bases), (
            f"tests/channels/test_{name}.py has no conformance subclass"
        )


def test_modules_stay_short() -> None:
    limits = [(path, MODULE_LINES_MAX) for path in modules(*PACKAGES, "benchmarks")]
    limits += [(path, TEST_LINES_MAX) for path in modules("tests")]

    long = {
        str(path.relative_to(ROOT)): lines for path, limit in limits if (lines := line_count(path)) > limit
    }

    assert long == {}


def line_count(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_each_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules(*PACKAGES)
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_no_class_has_a_name_that_says_nothing() -> None:
    vague = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in modules(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and node.name.endswith(FORBIDDEN_NAMES)
    ]

    assert vague == []


def test_only_the_engine_catches_every_exception() -> None:
    catching = {
        str(path.relative_to(ROOT))
        for path in modules(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    }

    assert catching <= {"channels/engine.py"}


def test_each_variable_of_the_environment_is_documented_and_exists() -> None:
    used: set[str] = set()
    for path in modules("cms/settings"):
        used |= set(re.findall(r"""env(?:\.\w+)?\(\s*"([A-Z_]+)\"""", path.read_text()))
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))

    assert used == documented


def test_each_task_of_the_beat_table_is_documented() -> None:
    text = (ROOT / "docs/settings.md").read_text()
    table = (ROOT / "cms/settings/base.py").read_text()
    tasks = set(re.findall(r'"task": "([\w.]+)"', table))

    assert tasks
    assert {task for task in tasks if f"`{task}`" not in text} == set()


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_has_a_dead_link(page: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        address, _, anchor = target.partition("#")
        if "://" in address:
            continue
        linked = (page.parent / address).resolve() if address else page
        if not linked.exists() or (anchor and linked.suffix == ".md" and anchor not in anchors(linked)):
            dead.append(target)

    assert dead == []


def anchors(page: Path) -> set[str]:
    """GitHub's names of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_code_that_the_docs_name_exists() -> None:
    """`channels/…`, `cms/…` and `sites/…` paths in backticks."""
    missing = []
    for page in pages():
        for name in re.findall(
            r"`((?:channels|cms|sites|tests|benchmarks|docs|\.ci)/[\w./-]+)`", page.read_text()
        ):
            if not (ROOT / name).exists():
                missing.append(f"{page.relative_to(ROOT)}: {name}")

    assert missing == []


def test_the_page_of_channels_says_what_the_adapters_declare() -> None:
    assert (ROOT / "docs" / "channels.md").read_text() == matrix()
