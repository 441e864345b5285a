"""How many examples property tests draw: the profiles of Hypothesis.

By default few, and the same ones each time, so that a change is judged by what it changes.
`pytest --hypothesis-profile=thorough` draws ten times as many, at random.
"""

from hypothesis import HealthCheck, settings

FEW = 30
_BUSY = {
    # The machine may be busy with other tests; the first text drawn builds tables of characters.
    "deadline": None,
    # Directories are shared by the examples of a test, which write their files anew.
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


def use_profiles() -> None:
    """Register the profiles and load the default one, before any test is collected."""
    settings.register_profile("few", max_examples=FEW, derandomize=True, database=None, **_BUSY)
    settings.register_profile("thorough", max_examples=10 * FEW, **_BUSY)
    settings.load_profile("few")


def examples(count: int, **more) -> settings:
    """Return settings with `count` examples by default, and as much more as the profile says."""
    return settings(max_examples=max(1, count * settings().max_examples // FEW), **more)


def is_thorough() -> bool:
    """Whether the profile asks for everything, as long as it may take."""
    return settings().max_examples > FEW
