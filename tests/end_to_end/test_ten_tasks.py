"""Ten tasks of people who explore traces, at a terminal: each in at most six keys and typed text.

Every task begins at the list of traces, as the program shows it when it has started.
"""

import base64
import re
import shutil
from pathlib import Path

import pytest
from end_to_end.terminal import Terminal
from shared_data import REPOSITORY

ENTER, ESCAPE, CTRL_G, CTRL_S = "\r", "\x1b", "\x07", "\x13"
MOST_KEYS = 6
COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


class Walk:
    """A walk through the program that counts the keys; text that is typed counts as none."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.keys = 0

    def press(self, *keys: str, then: tuple[str, ...]) -> None:
        """Press keys one by one, and wait until the screen shows all of `then`."""
        self.keys += len(keys)
        assert self.keys <= MOST_KEYS, "a task takes at most six keys"
        self.terminal.press(*keys)
        self.terminal.shows(*then)

    def type(self, text: str, then: tuple[str, ...] = ()) -> None:
        """Type text into what asks for it."""
        self.terminal.press(*text)
        self.terminal.shows(*(then or (text,)))


@pytest.fixture
def walk(tmp_path: Path):
    """Return what begins a walk through a sample; all of them end with the test."""
    begun: list[Terminal] = []

    def begin(sample: str, *first_words: str) -> Walk:
        name = f"{sample}.otlp.jsonl"
        shutil.copy(REPOSITORY / "sample_traces" / name, tmp_path)
        terminal = Terminal("open", "--no-cache", name, size=(120, 36), cwd=tmp_path)
        begun.append(terminal)
        terminal.shows(name, "open", *first_words)
        return Walk(terminal)

    yield begin
    for terminal in begun:
        terminal.__exit__(None, None, None)


def test_find_the_most_expensive_call(walk):
    task = walk("supervisor", "1 trace")
    task.press(ENTER, then=("19 rows", "ChatOpenAI"))
    task.press("$", then=("● ChatAnthropic", "output       110", "$0.0021"))


def test_find_the_cause_of_the_first_error(walk):
    task = walk("tool-agent", "1 trace")
    task.press(ENTER, then=("13 rows",))
    task.press("e", then=("■ execute_tool get_seat_map", "httpx.ReadTimeout"))


def test_see_what_the_model_was_told_in_turn_seven(walk):
    task = walk("loop", "1 trace")
    task.press(ENTER, then=("rows", "Overview"))
    task.press("3", then=("turn 1 of 11",))
    task.press("/", then=("turn 7",))
    task.type("turn 7")
    task.press(ENTER, then=("turn 7 of 11", "Let me try the search once more."))
    task.press("d", then=("turn 7 of 11", "I will look up the quarterly report."))


def test_list_all_spans_of_an_agent_that_took_long(walk):
    task = walk("supervisor", "1 trace")
    task.press(ENTER, then=("19 rows",))
    task.press("f", then=("Enter apply",))
    task.type("agent:market_analyst duration>600ms")
    task.press(ENTER, then=("of 19 spans",))
    task.terminal.hides("legal_counsel")


def test_copy_the_result_of_a_tool_as_markdown(walk):
    task = walk("tool-agent", "1 trace")
    task.press(ENTER, then=("13 rows",))
    task.press("/", then=("find in names",))
    task.type("fare_rules")
    task.press(ENTER, then=("■ execute_tool get_fare_rules", "Call"))
    task.press("Y", then=("execute_tool get_fare_rules as Markdown",))
    task.press(ENTER, then=("Copied",))
    copied = COPIED.search(task.terminal.output)
    assert copied is not None
    text = base64.b64decode(copied[1]).decode()
    assert text.startswith("## execute_tool get_fare_rules")
    assert "FLEX" in text or "fare" in text.lower()


def test_find_the_slowest_step(walk):
    task = walk("tool-agent", "1 trace")
    task.press(ENTER, then=("13 rows",))
    task.press("!", then=("duration     5.5s", "■ execute_tool get_seat_map"))


def test_find_where_a_text_was_said_in_any_trace(walk):
    task = walk("support-day", "38 traces")
    task.press(CTRL_G, then=("find",))
    task.type("RF-1932")
    task.press(ENTER, then=("hit", "trace"))
    task.press(ENTER, then=("Overview", "RF-1932"))


def test_see_which_agent_failed_most_often(walk):
    task = walk("support-day", "38 traces")
    task.press("f", then=("Enter apply",))
    task.type("status:error")
    task.press(ENTER, then=("7 of 38",))
    task.press("\\", then=("facets", "agent", "[ ] shipping-agent"))
    agents = re.findall(r"\[ \] ([a-z]+-agent) +(\d+)", task.terminal.screen)
    assert agents[0] == ("shipping-agent", "4")


def test_ask_for_the_tokens_of_each_model_in_sql(walk):
    task = walk("support-day", "38 traces")
    task.press(";", then=("SQL",))
    task.type(
        "select model, sum(total_tokens) as t from spans where counts group by 1 order by 2 desc",
        then=("order by 2 desc",),
    )
    task.press(ENTER, then=("gpt-5-2025-08-07", "gemini-2.5-flash"))


def test_follow_a_message_to_the_trace_that_sent_it(walk):
    task = walk("queue", "trace")
    task.press("/", then=("find in names",))
    task.type("process")
    task.press(ENTER, then=("process",))
    task.terminal.hides("match")
    task.press(ENTER, then=("Overview", "rows"))
    task.press("L", then=("links", "send postings"))
    task.press(ENTER, then=("send postings", "Overview"))
