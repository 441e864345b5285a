"""Places in texts: what a search finds, what a selection takes, how columns stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracetui.view_models import text_finder
from tracetui.view_models.row_starts import char_width
from tracetui.view_models.text_document import (
    Columns,
    Piece,
    Source,
    TextDocument,
    line,
    text_lines,
)
from tracetui.view_models.text_finder import Place, TextFinder
from tracetui.view_models.text_layout import TextLayout

texts = st.text(st.sampled_from("abA \n日İ\x1b\t"), max_size=60)


def laid_out(document: TextDocument, width: int) -> TextLayout:
    layout = TextLayout(document, width, wrap=True)
    while not layout.done:
        layout.advance(0)
    return layout


def rows(layout: TextLayout) -> list[str]:
    return ["".join(p.text for p in layout.row(n)).rstrip() for n in range(layout.row_count)]


@given(texts, st.text(st.sampled_from("abA "), min_size=1, max_size=3), st.integers(2, 9))
def test_a_search_in_chunks_finds_what_one_look_finds(text: str, needle: str, chunk: int):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_finder, "_CHUNK", chunk)
        finder = TextFinder(TextDocument((Source(text),)), needle)
        while not finder.done:
            finder.advance(0)
    low, at, expected = text_finder.lowered(text), 0, list[Place]()
    if "İ" in text:  # letters that become two in lower case are searched as they stand
        return
    while (found := low.find(needle.lower(), at)) >= 0:
        expected.append(Place((0,), found))
        at = found + len(needle)
    assert finder.places == expected


def test_a_search_looks_into_lines_and_both_columns_and_ends_at_its_limit(
    monkeypatch: pytest.MonkeyPatch,
):
    head = text_lines(line("Xx"), line("none"), line(Piece("a", "dim"), Piece("x")))
    sides = Columns(TextDocument((Source("x"),)), TextDocument((Source("yx"),)))
    finder = TextFinder(head + TextDocument((sides,)), "x")
    finder.advance(1)
    assert [(p.path, p.offset) for p in finder.places] == [
        ((0,), 0), ((0,), 0), ((0,), 2), ((1, 0, 0), 0), ((1, 1, 0), 1),
    ]  # fmt: skip
    monkeypatch.setattr(text_finder, "MOST", 3)
    short = TextFinder(TextDocument((Source("x" * 50),)), "x")
    short.advance(1)
    assert (len(short.places), short.more, short.done) == (3, True, True)


@given(texts, st.integers(8, 20), st.tuples(st.integers(0, 20), st.integers(0, 20)))
def test_a_selection_takes_the_true_text_between_two_cells(
    text: str, width: int, point: tuple[int, int]
):
    layout = laid_out(TextDocument((Source(text, indent=0),)), width)
    row, cell = min(point[0], layout.row_count - 1), point[1]
    first = layout.text_between((0, 0), (row, cell))
    rest = layout.text_between((row, cell), (layout.row_count, 0))
    assert first + rest == text
    begin = layout.leaves(row)[0].offset
    taken = first[begin:]
    assert sum(map(char_width, taken)) <= cell
    following = text[len(first) : len(first) + 1]
    at_end = not following or following in "\r\n" or rest[:0] == rest
    last_row = row + 1 >= layout.row_count or layout.leaves(row + 1)[0].offset == len(first)
    assert at_end or last_row or sum(map(char_width, taken + following)) > cell


def test_a_selection_of_lines_gives_what_pictures_stand_for():
    layout = laid_out(text_lines(line("a\x1bb", Piece("日本", "dim")), line("second")), 40)
    assert layout.text_between((0, 1), (0, 3)) == "\x1bb"
    assert layout.text_between((0, 3), (1, 3)) == "日本\nsec"


def test_columns_stand_side_by_side_where_there_is_room_and_below_each_other_where_not():
    sides = Columns(
        TextDocument((Source("left one\nleft two", indent=0),)),
        TextDocument((Source("right\nlonger " + "word " * 20, indent=0),)),
    )
    document = text_lines(line("head")) + TextDocument((sides,)) + text_lines(line("tail"))
    wide = laid_out(document, 103)
    assert rows(wide)[1] == f"{'left one':<50} │ right"
    assert wide.row_count == 6
    assert rows(wide)[-1] == "tail"
    assert wide.row_of((1, 1, 0), 6) == 2
    assert wide.text_between((1, 0), (2, 4)) == "left one\nleft"
    assert wide.text_between((1, 53), (1, 60)) == "right"
    assert wide.columns_at(1, 60) == (53, 103)
    narrow = laid_out(document, 60)
    assert rows(narrow)[:5] == ["head", "left one", "left two", "", "right"]
    assert narrow.row_of((1, 1, 0), 0) == 4
    assert narrow.leaves(4)[0].path == (1, 1, 0)
    assert narrow.columns_at(1, 0) is None


def test_another_text_may_stand_in_a_column():
    sides = Columns(TextDocument((Source("a"),)), TextDocument((Source("b"), Source("c"))))
    document = TextDocument((Source("x"), sides)).with_leaf((1, 1, 1), Source("new"))
    assert document.plain_text() == "x\na\n\nb\nnew"
