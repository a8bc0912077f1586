"""The Chinese font that posters carry inside: of the package in requirements.txt, or the operator's own."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

PACKAGE = "pylopdf_fonts_zh_cn"
"""Noto Sans SC (SIL Open Font License 1.1) as a Python package without code of its own."""
FILE = "NotoSansSC-Regular.otf"


class NoFont(Exception):
    """Its text says in Chinese what an operator has to do."""


def poster_font() -> Path:
    """Raises NoFont. Nothing is imported: the package is only asked where it lies."""
    if settings.POSTER_FONT:
        own = Path(settings.POSTER_FONT)
        if own.is_file():
            return own
        raise NoFont("设置项 POSTER_FONT 指定的字体文件不存在，请核对路径后重试。")
    found = find_spec(PACKAGE)
    if found is None or found.origin is None or not (Path(found.origin).parent / FILE).is_file():
        raise NoFont(
            "海报所需的中文字体未安装，请按 requirements.txt 重新安装依赖，或在设置项 POSTER_FONT 中填写字体文件路径。"
        )
    return Path(found.origin).parent / FILE
