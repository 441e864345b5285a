"""Copy, open in another program, save: the same keys on every screen that shows texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import SuspendNotSupported
from textual.message import Message
from textual.screen import Screen

from tracetui import programs
from tracetui.clipboard import Copied, copy, plain
from tracetui.screens.copy_menu import CopyMenu
from tracetui.screens.path_prompt import PathPrompt
from tracetui.view_models import format as fmt
from tracetui.view_models.sanitise import sanitise
from tracetui.view_models.taking_out import Taken, file_name

if TYPE_CHECKING:
    from collections.abc import Callable


class TakingOut(Screen[None]):
    """A screen whose texts can be taken out; a subclass says which there are."""

    @dataclass
    class TextCopied(Message):
        """A text was copied, or put into a file."""

        label: str
        copied: Copied

    @dataclass
    class TextSaved(Message):
        """A text was written to a file, or could not be."""

        words: str
        well: bool

    def takes(self) -> list[Taken]:
        """Return what can be taken out, what has the focus first; nothing if nothing is shown."""
        raise NotImplementedError

    def taken_name(self) -> str:
        """Return what the texts are of."""
        raise NotImplementedError

    def _in_front(self) -> Taken | None:
        """Return what is selected, or else what has the focus."""
        selected = self.get_selected_text()
        if selected:
            return Taken("the selection", lambda: selected)
        found = next(iter(self.takes()), None)
        if found is None:
            self.notify("Nothing to take out yet.", severity="warning", timeout=3)
        return found

    def action_copy(self) -> None:
        """Copy what is selected, or else what has the focus."""
        taken = self._in_front()
        if taken is not None:
            self._copy(taken)

    def action_copy_menu(self) -> None:
        """Let the user choose what to copy."""
        takes = self.takes()
        if not takes:
            self.notify("Nothing to copy yet.", severity="warning", timeout=3)
            return

        def chosen(taken: Taken | None) -> None:
            if taken is not None:
                self._copy(taken)

        self.app.push_screen(CopyMenu(takes), chosen)

    @work(thread=True, group="copy", exit_on_error=False)
    def _copy(self, taken: Taken) -> None:
        """Copy on a thread: a text may be long, a tool slow."""
        by_terminal = partial(self.app.call_from_thread, self.app.copy_to_clipboard)
        self.post_message(self.TextCopied(taken.label, copy(taken.build(), by_terminal)))

    @on(TextCopied)
    def _say_copied(self, message: TextCopied) -> None:
        message.stop()
        copied = message.copied
        words = f"{message.label}, {fmt.byte_size(copied.bytes)}, {copied.words}"
        in_file = copied.path is not None
        self.notify(
            sanitise(words),
            title="Written to a file" if in_file else "Copied",
            severity="warning" if in_file else "information",
            markup=False,
            timeout=10 if in_file else 4,
        )

    def action_edit(self) -> None:
        """Open what has the focus in the user's editor."""
        taken = self._in_front()
        if taken is not None:
            self._outside(lambda: programs.edit(programs.editor(), taken.build(), taken.suffix))

    def action_pipe(self) -> None:
        """Pipe what has the focus into the user's pager."""
        taken = self._in_front()
        if taken is not None:
            self._outside(lambda: programs.page(programs.pager(), taken.build()))

    def _outside(self, run: Callable[[], None]) -> None:
        """Give the terminal to another program until it ends."""
        fault = ""
        try:
            with self.app.suspend():
                try:
                    run()
                except programs.ProgramError as error:
                    # Said once the terminal is ours again.
                    fault = str(error)
        except SuspendNotSupported:
            fault = "This terminal cannot be given to another program."
        if fault:
            self.notify(sanitise(fault), severity="error", markup=False)

    def action_export(self) -> None:
        """Ask where to write what has the focus."""
        taken = self._in_front()
        if taken is None:
            return

        def chosen(path: str | None) -> None:
            if path is not None:
                self._save(taken, path)

        name = _free(file_name(self.taken_name(), taken.suffix))
        title = f"Write {taken.label[:1].lower()}{taken.label[1:]} to"
        hint = "A path, from the current directory. A file that is there is never overwritten."
        self.app.push_screen(PathPrompt(title, name, hint, _fault), chosen)

    @work(thread=True, group="save", exit_on_error=False)
    def _save(self, taken: Taken, target: str) -> None:
        path = _path(target)
        try:
            data = plain(taken.build()).encode("utf-8")
            with path.open("xb") as file:
                file.write(data)
        except FileExistsError:
            self.post_message(self.TextSaved(_taken_words(path), well=False))
        except OSError as error:
            self.post_message(self.TextSaved(f"{path}: {error.strerror or error}", well=False))
        else:
            size = fmt.byte_size(len(data))
            self.post_message(self.TextSaved(f"{taken.label}, {size}: {path}", well=True))

    @on(TextSaved)
    def _say_saved(self, message: TextSaved) -> None:
        message.stop()
        title, severity = ("Written", "information") if message.well else ("Not written", "error")
        self.notify(sanitise(message.words), title=title, severity=severity, markup=False)


def _path(target: str) -> Path:
    return Path(target.strip()).expanduser().absolute()


def _taken_words(path: Path) -> str:
    return f"{path} is there already; choose another name"


def _fault(target: str) -> str:
    """Return what is wrong with a path to write to; empty if nothing is."""
    if not target.strip():
        return "Type a name for the file."
    path = _path(target)
    if path.exists():
        return _taken_words(path)
    return "" if path.parent.is_dir() else f"There is no directory {path.parent}"


def _free(name: str) -> str:
    """Return `name`, with a number in it if there is such a file."""
    stem, dot, ending = name.rpartition(".")
    number, free = 1, name
    while Path(free).exists():
        number += 1
        free = f"{stem}-{number}{dot}{ending}"
    return free
