"""Files that the user wrote for us, looked at before anything is drawn."""

from tracetui.headless.command_error import USAGE, CommandError
from tracetui.settings import Settings, SettingsError, load_settings


def own_settings() -> Settings:
    """Return the user's settings.

    Raises:
        CommandError: If they cannot be used.
    """
    try:
        return load_settings()
    except SettingsError as error:
        raise CommandError(str(error), USAGE) from error


def check_own_files(map_file: str | None, price_file: str | None) -> None:
    """See that a mapping file and a price file, if they are given, can be used.

    Raises:
        CommandError: If one cannot.
    """
    if map_file is not None:
        from tracetui_loaders.generic.mapping import MappingError, load_mapping  # noqa: PLC0415

        try:
            load_mapping(map_file)
        except MappingError as error:
            raise CommandError(str(error), USAGE) from error
    if price_file is not None:
        # Neither is loaded where it is not asked for: the first paint waits for this.
        from tracetui_store.pricing.price_file import (  # noqa: PLC0415
            PriceFileError,
            load_price_file,
        )

        try:
            load_price_file(price_file)
        except PriceFileError as error:
            raise CommandError(str(error), USAGE) from error
