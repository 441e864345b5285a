"""Who may send: programs on this machine, and from elsewhere only who knows the token.

A web page can make its reader's browser send requests to 127.0.0.1, and by rebinding its own
name (DNS) even read the answers. Browsers say so: by `Origin`, or by a `Host` that is not this
machine's. No answer carries a CORS header.
"""

import hmac
import ipaddress
import secrets

from tracetui.receiver.refusals import PERMISSION_DENIED, UNAUTHENTICATED, Refusal

_LOCAL_NAMES = frozenset({"localhost", "host.docker.internal", "host.containers.internal"})
"""Names of this machine that nobody else can own; the latter are what containers call it."""
_BEARER = "bearer "


def is_loopback(host: str) -> bool:
    """Whether an address or name can only mean this machine itself."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(24)


class Access:
    """Decides who may send.

    Args:
        token: What senders have to show; None asks for nothing.
        remote: Whether other machines may send: then they call this one by any name.
    """

    def __init__(self, token: str | None, *, remote: bool) -> None:
        self._token = None if token is None else token.encode()
        self._remote = remote

    def check(self, *, host: str | None, origin: str | None, authorization: str | None) -> None:
        """Let a request pass.

        Args:
            host: Its `Host`; None where the transport has none.
            origin: Its `Origin`; None from everything but browsers.
            authorization: Its `Authorization`.

        Raises:
            Refusal: If it may not.
        """
        if origin is not None:
            raise _forbidden("from a web page", "web pages may not send here")
        if not self._remote and host is not None and not _is_local(host):
            raise _forbidden("wrong host", "this receiver is for programs on this machine")
        if self._token is not None and not self._knows_token(authorization or ""):
            message = "the header `Authorization: Bearer TOKEN` is missing or wrong"
            raise Refusal("no or wrong token", message, status=401, code=UNAUTHENTICATED)

    def _knows_token(self, authorization: str) -> bool:
        shown = authorization[len(_BEARER) :].strip()
        is_bearer = authorization[: len(_BEARER)].lower() == _BEARER
        expected = self._token or b""
        return hmac.compare_digest(shown.encode("utf-8", "replace"), expected) and is_bearer


def _forbidden(reason: str, message: str) -> Refusal:
    return Refusal(reason, message, status=403, code=PERMISSION_DENIED)


def _is_local(host: str) -> bool:
    name = host.strip().lower()
    if name.startswith("["):
        name = name.partition("]")[0].lstrip("[")
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    return name in _LOCAL_NAMES or is_loopback(name)
