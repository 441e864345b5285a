"""Why nothing can be received."""


class ReceiverError(Exception):
    """Nothing can be received; says why and what to do."""
