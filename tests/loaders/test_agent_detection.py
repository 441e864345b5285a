"""Which loader takes which file of the corpora: agents' formats, told by content alone."""

import pytest
from loaders.corpus import recorded
from shared_data import shared
from tracetui_loaders.base import Head
from tracetui_loaders.registry import choose
from tracetui_loaders.source import Source

FORMATS = {
    "pi": "pi",
    "openclaw": "pi",
    "cline": "cline",
    "opencode": "opencode",
    "opencode-json": "opencode_json",
    "openhands": "openhands",
    "swe-agent": "swe_agent",
    "mini-swe-agent": "mini_swe_agent",
}
NO_TRACE = {"opencode/storage_v2/migration"}


def chosen(path):
    source = Source(str(path))
    try:
        choice = choose(Head(source.head, source.head_complete))
    finally:
        source.close()
    return choice.loader.name if choice.loader else None


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_files_of_a_format_are_taken_by_its_loader(fmt):
    for entry in recorded(fmt):
        expected = None if entry["file"] in NO_TRACE else FORMATS[fmt]
        assert (entry["file"], chosen(shared(f"corpora/{entry['file']}"))) == (
            entry["file"],
            expected,
        )


def test_no_file_of_another_format_is_taken_by_one_of_these():
    ours = {*FORMATS.values(), "goose"}
    for folder in sorted(shared("corpora").iterdir()):
        for path in sorted(folder.rglob("*")) if folder.name not in FORMATS else ():
            if path.is_file():
                assert chosen(path) not in ours, path
