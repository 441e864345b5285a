import pytest
from otlp_files import otlp_span, request

HOSTILE = "[/red]\x1b[2J\x9b31m\u202egnp.exe\r\x07\x7f"


@pytest.mark.parametrize("command", ["open", "summary", "traces", "show", "spans", "errors"])
def test_an_unreadable_path_exits_with_3_and_a_message(run, tmp_path, command):
    text = tmp_path / "notes.txt"
    text.write_text("shopping list\n")
    for path in (tmp_path / "absent.jsonl", text):
        done = run(command, path)
        assert (done.exit_code, done.stdout) == (3, "")
        assert path.name in done.stderr


@pytest.mark.parametrize(
    "command", ["open", "summary", "traces", "show", "spans", "doctor", "errors"]
)
@pytest.mark.parametrize("as_json", [False, True])
def test_hostile_text_reaches_the_terminal_harmless(run, tmp_path, command, as_json):
    if command == "open" and as_json:
        pytest.skip("open has no JSON")
    span = otlp_span(
        1,
        name=HOSTILE,
        attributes={"error.type": HOSTILE, "gen_ai.agent.name": HOSTILE, HOSTILE: HOSTILE},
        status={"code": 2, "message": HOSTILE},
    )
    path = tmp_path / "\x1b]0;owned\x07.jsonl"
    path.write_text(request(span) + "\nnot JSON \x1b[2J\n")
    options = ["--json"] if as_json else []
    if command == "spans" and as_json:
        options.append("--payloads")
    done = run(command, path, *options)
    assert done.exit_code == 0
    text = done.stdout
    assert text
    unsafe = {char for char in text if ord(char) < 32 or 127 <= ord(char) < 160} - {"\n"}
    assert unsafe == set()
    assert "\u202e" not in text
