"""Wrapping and drawing of text: against a plain second implementation, and on hostile text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from tracetui.view_models import row_starts
from tracetui.view_models.row_starts import RowStarts, char_width
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.text_document import Lines, Piece, Source, TextDocument, line
from tracetui.view_models.text_layout import TextLayout

HOSTILE = "\x1b[31mred\x07\x9b1m\u202eevil\u200b\x00\r\n\tx\u2028y\ud800"
UNSAFE = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *"\u202e\u2066\u200b\u2028\ud800"}

texts = st.text(st.sampled_from("ab c\n\té日🙂\u0301\x1b\x9b\u202e"), max_size=120)


def plain_wrap(text: str, width: int) -> list[str]:
    """Wrap one character at a time."""
    rows = []
    for text_line in text.split("\n"):
        rest = text_line
        while sum(map(char_width, rest)) > width:
            full, cells = 0, 0
            while full < len(rest) and cells + char_width(rest[full]) <= width:
                cells += char_width(rest[full])
                full += 1
            full = max(full, 1)
            cut = rest.rfind(" ", full // 2, full + 1)
            taken = cut + 1 if cut > 0 else full
            if taken >= len(rest):
                break
            rows.append(rest[:taken])
            rest = rest[taken:]
        rows.append(rest)
    return rows


def wrapped(text: str, width: int) -> list[str]:
    rows = RowStarts(text, width)
    while not rows.done:
        rows.advance()
    return [text[slice(*rows.span(row))] for row in range(rows.count)]


def laid_out(document: TextDocument, width: int, *, wrap: bool = True) -> TextLayout:
    layout = TextLayout(document, width, wrap=wrap)
    while not layout.done:
        layout.advance(1)
    return layout


def drawn(layout: TextLayout) -> list[str]:
    return ["".join(p.text for p in layout.row(row)) for row in range(layout.row_count)]


@given(texts, st.integers(1, 30))
def test_rows_are_those_of_a_plain_implementation(text: str, width: int):
    assert wrapped(text, width) == [row.removesuffix("\r") for row in plain_wrap(text, width)]


@given(st.text(st.sampled_from("ab c\n"), max_size=120), st.integers(1, 30))
def test_rows_of_ascii_text_are_those_of_a_plain_implementation(text: str, width: int):
    assert wrapped(text, width) == plain_wrap(text, width)


@pytest.mark.parametrize("text", ["word " * 60, "日本 語" * 60, "x" * 300, "a\nbb\n" * 50])
def test_rows_do_not_depend_on_the_size_of_a_chunk(text: str, monkeypatch: pytest.MonkeyPatch):
    whole = wrapped(text, 12)
    monkeypatch.setattr(row_starts, "CHUNK_CHARS", 37)
    monkeypatch.setattr(row_starts, "_MEASURED_CHUNK_CHARS", 37)
    assert wrapped(text, 12) == whole


@given(st.text(max_size=200), st.integers(8, 40))
def test_no_row_is_wider_than_the_view_but_for_a_hanging_space(text: str, width: int):
    layout = laid_out(TextDocument((Source(text, indent=0),)), width)
    for row in drawn(layout):
        assert cell_len(row.rstrip(" ")) <= width


@given(st.text(max_size=200), st.sampled_from(["text", "markdown", "json"]))
def test_wrapping_and_highlighting_lose_no_character(text: str, language: str):
    layout = laid_out(TextDocument((Source(text, language, indent=0),)), 20)
    want = "".join(
        sanitise(row.replace("\t", "    ")) for row in text.replace("\r\n", "\n").split("\n")
    )
    assert "".join(drawn(layout)) == want


@pytest.mark.parametrize("language", ["text", "markdown", "json"])
@pytest.mark.parametrize("wrap", [True, False])
def test_no_control_reaches_a_row(language: str, wrap: bool):
    document = TextDocument(
        (Source(HOSTILE * 5, language), Lines((line(Piece(HOSTILE, "key"), HOSTILE, hang=4),)))
    )
    assert not UNSAFE & set("".join(drawn(laid_out(document, 20, wrap=wrap))))


def test_continuation_rows_of_a_fact_hang_under_its_value():
    facts = Lines((line("label   ", "one two three four five", hang=8),))
    assert drawn(laid_out(TextDocument((facts,)), 20)) == [
        "label   one two ",
        "        three four ",
        "        five",
    ]


def test_a_table_row_is_cut_with_an_ellipsis():
    rows = Lines((line("1  ", "a long beginning of a text", cut=True),))
    assert drawn(laid_out(TextDocument((rows,)), 10)) == ["1  a long…"]


@given(texts, st.integers(8, 30), st.integers(8, 30))
def test_a_place_is_found_again_at_another_width(text: str, before: int, after: int):
    document = TextDocument((Lines((line("head"),)), Source(text or "x", indent=0)))
    old, new = laid_out(document, before), laid_out(document, after)
    for row in range(old.row_count):
        anchor = old.anchor(row)
        found = new.find(anchor)
        assert found is not None
        place = new.anchor(found)
        assert place.block == anchor.block
        assert place.offset <= anchor.offset


@pytest.mark.parametrize(
    "text",
    ['[{"id": 1, "text": "lorem ipsum"}, ' * 280_000, "word\n" * 2_000_000, "日本" * 300_000],
    ids=["one line of JSON", "two million lines", "wide characters"],
)
def test_megabytes_show_their_first_page_after_one_slice_of_work(text: str):
    layout = TextLayout(TextDocument((Source(text, "json"),)), 80, wrap=True)
    layout.advance(0.012)
    rows = [layout.row(row) for row in range(50)]
    assert all(rows)


def test_json_keys_strings_and_numbers_have_their_looks():
    layout = laid_out(TextDocument((Source('{"a": "b", "n": -1.5e3, "t": true}', "json", 0),)), 80)
    looks = [(p.text, p.role) for p in layout.row(0) if p.role]
    assert looks == [
        ('"a"', "key"),
        ('"b"', "string"),
        ('"n"', "key"),
        ("-1.5e3", "number"),
        ('"t"', "key"),
        ("true", "keyword"),
    ]


def test_a_wrapped_string_stays_a_string_on_its_next_rows():
    layout = laid_out(TextDocument((Source('{"a": "' + "x" * 3_000 + '"}', "json", 0),)), 40)
    assert {p.role for p in layout.row(2)} == {"string"}


def test_only_what_is_in_sight_of_a_long_line_is_highlighted_and_no_text_is_lost():
    text = json.dumps([{"key": f"value {n} 漢字", "n": n} for n in range(60)], ensure_ascii=False)
    rows = TextLayout(TextDocument((Source(text, "json"),)), 80, wrap=False)
    while not rows.done:
        rows.advance(0.0)
    whole = rows.row(0)
    for first in (0, 40, 300, 990):
        seen = rows.row(0, (first, first + 62))
        assert "".join(p.text for p in seen) == "".join(p.text for p in whole)
        assert len(seen) < len(whole)
        assert shown(seen, first, first + 62) == shown(whole, first, first + 62)


def shown(pieces: list[Piece], first: int, last: int) -> list[tuple[str, str]]:
    """Return the characters in some cells, each with its role."""
    cells: list[tuple[str, str]] = []
    for piece in pieces:
        for char in piece.text:
            cells += [(char, piece.role)] * cell_len(char)
    return cells[first:last]
