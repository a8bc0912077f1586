"""A site's colour: readable whatever was chosen, and never an inline style; its icon, where none could be named."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from sites import theme

channel = st.integers(0, 255)
colours = st.tuples(channel, channel, channel)


def variables(colour: theme.Rgb) -> dict[str, theme.Rgb]:
    found = re.findall(r"(--[a-z-]+):(#[0-9a-f]{6});", theme.stylesheet(colour))
    return {name: theme.parse(value) for name, value in found}


def test_the_contrast_of_black_and_white_is_21() -> None:
    assert theme.contrast((0, 0, 0), theme.WHITE) == pytest.approx(21)
    assert theme.contrast((119, 119, 119), theme.WHITE) == pytest.approx(4.48, abs=0.01)


@given(colours)
def test_every_colour_gives_a_readable_site(colour: theme.Rgb) -> None:
    made = variables(colour)
    for background in ("--brand", "--brand-deep"):
        assert theme.contrast(made[background], theme.WHITE) >= 4.5
    assert theme.contrast(made["--link"], theme.WHITE) >= 4.5
    assert theme.contrast(made["--link"], made["--brand-soft"]) >= 4.5
    for grey in ((0x57, 0x60, 0x6A), (0x1F, 0x23, 0x28)):
        assert theme.contrast(grey, made["--brand-soft"]) >= 4.5


@given(colours)
def test_a_dark_enough_colour_is_used_as_it_was_chosen(colour: theme.Rgb) -> None:
    if theme.contrast(colour, theme.WHITE) >= 4.5:
        assert variables(colour)["--brand"] == colour


@pytest.mark.parametrize("colour", ["#ffe000", "#ff8080", "#777777"])
def test_a_colour_that_white_text_is_lost_on_is_refused_with_a_proposal(colour: str) -> None:
    with pytest.raises(ValidationError, match=r"例如 #[0-9a-f]{6}") as refused:
        theme.check_colour(colour)
    proposal = re.findall(r"#[0-9a-f]{6}", refused.value.message)[0]
    theme.check_colour(proposal)


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "", "#b5121b;", "#b5121b\n"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValidationError, match="6 位十六进制数"):
        theme.check_colour(colour)


@pytest.mark.django_db
def test_the_stylesheet_of_a_colour_may_be_kept_for_ever(client: Client) -> None:
    answer = client.get("/theme/0b5394.css")
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]
    assert b"--brand:#0b5394;" in answer.content
    assert client.get("/theme/red.css").status_code == 404


def test_a_document_that_names_no_icon_gets_one_all_the_same(reader: Client, settings: Any) -> None:
    settings.WHITENOISE_USE_FINDERS = True
    answer = reader.get("/favicon.ico", follow=True)
    assert [code for _, code in answer.redirect_chain] == [302]
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"".join(answer.streaming_content).startswith(b"<svg")
