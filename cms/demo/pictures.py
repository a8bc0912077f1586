"""Neutral drawn pictures for the demo: a river, hills and a row of houses. No people, no writing, no rights of others."""

from __future__ import annotations

import random
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (1280, 720)
PALETTES = (
    ((214, 232, 244), (122, 160, 190), (70, 112, 128), (40, 84, 92)),
    ((250, 228, 204), (214, 150, 110), (150, 92, 84), (92, 60, 72)),
    ((226, 240, 220), (148, 190, 150), (86, 140, 110), (46, 96, 82)),
    ((224, 226, 242), (150, 156, 200), (96, 104, 156), (60, 68, 112)),
)


def river_town(seed: int) -> bytes:
    """A JPEG, the same bytes for the same seed (and Pillow)."""
    draw_from = random.Random(seed)  # noqa: S311  a drawing, not a secret
    sky, far, near, dark = PALETTES[seed % len(PALETTES)]
    picture = Image.new("RGB", SIZE, sky)
    draw = ImageDraw.Draw(picture)
    for colour, base, height in ((far, 380, 190), (near, 440, 120)):
        _hills(draw, draw_from, colour, base, height)
    _houses(draw, draw_from, dark, sky)
    _river(draw, draw_from, far, sky)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _hills(
    draw: ImageDraw.ImageDraw, draw_from: random.Random, colour: tuple[int, ...], base: int, height: int
) -> None:
    width, bottom = SIZE
    ridge = [(x, base - draw_from.randint(0, height)) for x in range(0, width + 160, 160)]
    draw.polygon([(0, bottom), *ridge, (width, bottom)], fill=colour)


def _houses(
    draw: ImageDraw.ImageDraw, draw_from: random.Random, wall: tuple[int, ...], window: tuple[int, ...]
) -> None:
    x = 0
    while x < SIZE[0]:
        width, top = draw_from.randint(60, 130), draw_from.randint(330, 470)
        draw.rectangle((x, top, x + width, 540), fill=wall)
        for row in range(top + 20, 520, 38):
            for column in range(x + 14, x + width - 20, 30):
                draw.rectangle((column, row, column + 12, row + 18), fill=window)
        x += width + draw_from.randint(8, 30)


def _river(
    draw: ImageDraw.ImageDraw, draw_from: random.Random, water: tuple[int, ...], light: tuple[int, ...]
) -> None:
    draw.rectangle((0, 540, *SIZE), fill=water)
    for _ in range(60):
        x, y = draw_from.randint(0, SIZE[0]), draw_from.randint(550, SIZE[1] - 8)
        draw.line((x, y, x + draw_from.randint(20, 120), y), fill=light, width=3)
