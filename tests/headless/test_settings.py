"""The settings file: what it may say, and what is said of it when it is wrong."""

from pathlib import Path

import pytest
from shared_data import REPOSITORY
from tracetui.settings import Settings, SettingsError, load_settings

LOOP = str(REPOSITORY / "sample_traces" / "loop.otlp.jsonl")


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return what writes the settings file that is read."""

    def write(text: str) -> Path:
        path = tmp_path / "settings.toml"
        path.write_text(text, "utf-8")
        monkeypatch.setenv("TRACETUI_SETTINGS", str(path))
        return path

    return write


def test_without_a_file_everything_is_as_it_comes():
    assert load_settings() == Settings()


def test_a_file_in_the_configuration_directory_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tracetui").mkdir()
    (tmp_path / "tracetui" / "settings.toml").write_text("[app]\ntheme = 'light'\n", "utf-8")
    assert load_settings().app.theme == "light"


def test_a_file_sets_keys_thresholds_and_a_budget(written):
    written(
        """
        [app]
        theme = "contrast"
        [keys]
        "list.sort" = "o"
        [loops]
        repetitions = 4
        equal_results = 0.9
        [cost]
        budget_usd = 5
        """
    )
    settings = load_settings()
    assert settings.app.theme == "contrast"
    assert settings.keys == {"list.sort": "o"}
    assert settings.thresholds().repetitions == 4
    assert settings.thresholds().equal_results == 0.9
    assert settings.thresholds().polls == 8
    assert settings.cost.budget_usd == 5.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[app]\ntheme = 'pink'", "theme"),
        ("[lops]\nrepetitions = 3", "did you mean loops"),
        ("[loops]\nrepetition = 3", "did you mean repetitions"),
        ("[loops]\nrepetitions = 2.5", "a whole number above 0"),
        ("[loops]\nequal_results = 0", "a number above 0"),
        ("[keys]\n'list.sorted' = 'o'", "did you mean list.sort"),
        ("[keys]\n'list.sort' = 4", "Expected `str`"),
        ("[cost]\nbudget_usd = 'much'", "budget_usd"),
        ("app = 3", "Expected `object`"),
        ("[app", "is no TOML"),
    ],
)
def test_what_is_no_setting_is_named_with_what_would_do(written, text, words):
    path = written(text)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert str(path) in str(raised.value)
    assert words in str(raised.value)


def test_a_named_file_that_is_not_there_is_said(monkeypatch):
    monkeypatch.setenv("TRACETUI_SETTINGS", "nowhere/settings.toml")
    with pytest.raises(SettingsError, match="there is no settings file nowhere"):
        load_settings()


def test_thresholds_of_the_file_change_what_is_a_loop(written, run):
    assert "was called 10 times" in run("loops", LOOP).stdout
    path = written("[loops]\nrepetitions = 12\nvaried_repetitions = 12\npolls = 99\n")
    assert "was called 10 times" not in run("--settings", str(path), "loops", LOOP).stdout


def test_wrong_settings_end_a_command_with_words(written, run):
    done = run("--settings", str(written("[loops]\nnonsense = 1\n")), "loops", LOOP)
    assert done.exit_code == 2
    assert "'nonsense' is no setting in [loops]" in done.stderr
