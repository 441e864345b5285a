"""Fixtures that every test uses."""

import os
from collections.abc import Iterator

import pytest
from examples import use_profiles

use_profiles()


@pytest.fixture(scope="session", autouse=True)
def _directories_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep caches and histories out of the user's directories, and their settings out of tests.

    That holds for the programs that tests start, too.
    """
    names = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
    before = {name: os.environ.get(name) for name in names}
    for name in names:
        os.environ[name] = str(tmp_path_factory.mktemp(name.lower()))
    yield
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
