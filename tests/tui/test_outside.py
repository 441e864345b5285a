"""What leaves the program: the clipboard, editors and pagers, held to what they get."""

import os
import shutil
import stat
from pathlib import Path

import pytest
from tracetui import clipboard, programs
from tracetui.clipboard import OSC52_MOST, copy, takes_osc52, tools

HOSTILE = "\x1b]52;c;owned\x07 $(touch x) `y` \ud800"


@pytest.fixture
def bin_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty directory the only one with programs, but for a shell to write them in."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "VISUAL", "EDITOR", "PAGER", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def program(directory: Path, name: str, script: str) -> Path:
    path = directory / name
    path.write_text(f"#!{shutil.which('sh', path=os.defpath)}\n{script}\n")
    path.chmod(0o755)
    return path


def cat(directory: Path) -> str:
    return f"{shutil.which('cat', path=os.defpath)} > {directory / 'got'}"


def test_the_tool_of_the_platform_is_chosen(bin_directory: Path):
    for name in ("wl-copy", "xclip", "pbcopy"):
        program(bin_directory, name, "true")
    assert tools({}, "linux") == []
    assert tools({"DISPLAY": ":0"}, "linux") == [["xclip", "-selection", "clipboard"]]
    assert tools({"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, "linux")[0] == ["wl-copy"]
    assert tools({}, "darwin") == [["pbcopy"]]


def test_a_text_goes_to_the_terminal_and_to_a_tool_as_it_is(
    bin_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    program(bin_directory, "xclip", cat(bin_directory))
    monkeypatch.setenv("DISPLAY", ":0")
    sent: list[str] = []
    copied = copy(HOSTILE, sent.append)
    true = HOSTILE.replace("\ud800", "?")
    assert sent == [true]
    assert (bin_directory / "got").read_text() == true
    assert copied.words == "by the terminal and xclip"


def test_what_nobody_takes_is_in_a_private_file_whose_path_is_told(bin_directory: Path):
    text = "x" * (OSC52_MOST + 1)
    sent: list[str] = []
    copied = copy(text, sent.append)
    assert not sent
    assert copied.path is not None
    assert copied.path.read_text() == text
    assert stat.S_IMODE(copied.path.stat().st_mode) == 0o600
    assert str(copied.path) in copied.words
    assert "too large" in copied.words
    assert not takes_osc52(1, {"TERM": "linux"})
    assert not takes_osc52(1, {"TERM_PROGRAM": "Apple_Terminal"})


def test_a_tool_that_fails_counts_for_nothing(bin_directory: Path, monkeypatch: pytest.MonkeyPatch):
    program(bin_directory, "xclip", "exit 1")
    monkeypatch.setenv("DISPLAY", ":0")
    assert copy("x", lambda _: None).ways == ("terminal",)


def test_an_editor_gets_the_true_text_in_a_private_file_that_goes_again(
    bin_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    copying = f'{shutil.which("cp", path=os.defpath)} -p "$2" {bin_directory / "got"}'
    program(bin_directory, "my editor", f'echo "$1" > {bin_directory / "option"}\n{copying}')
    monkeypatch.setenv("EDITOR", "'my editor' '--wait;touch x'")
    programs.edit(programs.editor(), HOSTILE, ".json")
    got = bin_directory / "got"
    assert got.read_text() == HOSTILE.replace("\ud800", "?")
    assert stat.S_IMODE(got.stat().st_mode) == 0o600
    assert (bin_directory / "option").read_text() == "--wait;touch x\n"
    assert not [path for path in bin_directory.iterdir() if path.suffix == ".json"]
    assert not (bin_directory / "x").exists()


def test_a_pager_gets_controls_as_pictures(bin_directory: Path, monkeypatch: pytest.MonkeyPatch):
    program(bin_directory, "page", cat(bin_directory))
    monkeypatch.setenv("PAGER", "page -R")
    programs.page(programs.pager(), HOSTILE + "\nnext")
    assert (bin_directory / "got").read_text() == "␛]52;c;owned␇ $(touch x) `y` \ufffd\nnext"


@pytest.mark.parametrize(
    ("value", "words"),
    [("nobody", "names nobody"), ("'open", "cannot be read"), ("", "set $EDITOR")],
)
def test_an_editor_that_is_not_there_is_said(
    bin_directory: Path, monkeypatch: pytest.MonkeyPatch, value: str, words: str
):
    monkeypatch.setenv("EDITOR", value)
    with pytest.raises(programs.ProgramError) as error:
        programs.editor()
    assert words in str(error.value)


def test_a_program_that_fails_is_said(bin_directory: Path):
    failing = program(bin_directory, "failing", "exit 3")
    with pytest.raises(programs.ProgramError, match="ended with 3"):
        programs.edit([str(failing)], "x", ".txt")
    assert clipboard.plain("a\ud800") == "a?"
