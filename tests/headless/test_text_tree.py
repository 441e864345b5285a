import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from tracetui.view_models.text_tree import GUIDE_LEVELS, guided_rows
from tracetui_analyses.span_tree import SpanTree


def tree_of(parents):
    """Return the tree of spans 0, 1, ... with these parents, started in that order."""
    return SpanTree.from_table(
        pa.table(
            {
                "span_id": [str(number) for number in range(len(parents))],
                "parent_span_id": [None if up is None else str(up) for up in parents],
                "start_time_unix_nano": list(range(len(parents))),
            }
        )
    )


def test_guides_join_siblings_and_end_at_the_last():
    tree = tree_of([None, 0, 1, 0, 3, None])
    assert [row.guides for row in guided_rows(tree)] == [
        "",
        "├─ ",
        "│  └─ ",
        "└─ ",
        "   └─ ",
        "",
    ]


def test_depth_counts_the_rows_it_hides():
    tree = tree_of([None, 0, 1, 0])
    assert [(row.row, row.folded) for row in guided_rows(tree, 1)] == [(0, 3)]
    assert [(row.row, row.folded) for row in guided_rows(tree, 2)] == [(0, 0), (1, 1), (3, 0)]


def test_a_deep_chain_draws_its_last_levels_and_numbers_the_rest():
    deepest = list(guided_rows(tree_of([None, *range(1_000)])))[-1]
    assert deepest.guides.startswith(f"…{999 - GUIDE_LEVELS} ")
    assert deepest.guides.endswith("└─ ")
    assert len(deepest.guides) < 4 * GUIDE_LEVELS


def test_an_empty_trace_has_no_rows():
    assert list(guided_rows(tree_of([]))) == []


def drawn(parents, node, is_last, prefix, found):
    """Draw by plain recursion, as a second implementation."""
    found.append((node, prefix + ("└─ " if is_last else "├─ ")))
    children = [child for child, up in enumerate(parents) if up == node]
    for child in children:
        below = prefix + ("   " if is_last else "│  ")
        drawn(parents, child, child == children[-1], below, found)


@given(st.lists(st.integers(0, 100), max_size=14))
def test_guides_agree_with_plain_recursion(choices):
    parents = [None, *(choice % (at + 1) for at, choice in enumerate(choices))]
    expected = []
    drawn(parents, 0, True, "", expected)
    tree = tree_of(parents)
    found = [(int(tree.source_row[row.row]), row.guides) for row in guided_rows(tree)]
    # The root has no guide, and so none stands for it in its descendants.
    assert found == [(node, guides[3:]) for node, guides in expected]
