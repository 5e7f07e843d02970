"""Which addresses are acceptable, and how something is fetched from one: bounded in size, time and redirects.

Used for invitations and templates; the vendor's API has its own client in `vendor.py`. AWS is reached in
`aws/clients.py` only.
"""

import ipaddress
import ssl
import sys
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin, urlsplit

from installer.errors import HouseguestError

if TYPE_CHECKING:
    import httpx

# httpx brings a command of its own, with click, pygments and rich: 50 ms and 9 MB that nobody here needs. None tells
# Python that there is no such module, which httpx is prepared for.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

_TIMEOUT_SECONDS = 20.0
_MAX_REDIRECTS = 3


class FetchError(HouseguestError):
    """An address could not be read."""

    code = "fetch"


class Fetch(Protocol):
    """Reads the body behind an address; raises `FetchError`, also when it holds more than `limit` bytes."""

    def __call__(self, url: str, *, limit: int) -> bytes: ...


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this computer by definition, not by somebody's DNS."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_loopback_url(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")


def check_url(url: str) -> str:
    """An https address (http on this computer only) without credentials in it; ValueError otherwise."""
    if not url.isascii() or any(char.isspace() or char == "\\" for char in url):
        raise ValueError("must be a plain web address")
    parts = urlsplit(url)
    host = parts.hostname
    _ = parts.port  # ValueError where it is not a port
    if not host:
        raise ValueError("must be a web address with a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or password")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ValueError("must begin with https://")
    return url


def same_host(one: str, other: str) -> bool:
    """Whether two addresses are served by the same host and port."""
    return _origin(one) == _origin(other)


def _origin(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def tls_context() -> ssl.SSLContext:
    """Trusts what this computer's own certificate store trusts: companies put their inspecting proxies there."""
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def http_client(url: str, *, timeout: float, transport: "httpx.BaseTransport | None" = None) -> "httpx.Client":
    """A client for one host. It follows no redirect by itself, and asks no proxy for this computer."""
    import httpx

    local = is_loopback_url(url)
    return httpx.Client(
        timeout=httpx.Timeout(timeout, connect=10.0),
        verify=True if transport is not None or local else tls_context(),
        transport=transport,
        trust_env=not local,
        follow_redirects=False,
    )


def read_bounded(response: "httpx.Response", limit: int) -> bytes | None:
    """The body of a streamed reply; None as soon as it is known to hold more than `limit` bytes."""
    body = bytearray()
    for chunk in response.iter_bytes(64 * 1024):
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


def download(url: str, *, limit: int, transport: "httpx.BaseTransport | None" = None) -> bytes:
    """The body behind an address: the `Fetch` of real life."""
    import httpx

    try:
        with http_client(url, timeout=_TIMEOUT_SECONDS, transport=transport) as client:
            for _ in range(_MAX_REDIRECTS + 1):
                check_url(url)
                with client.stream("GET", url) as response:
                    if not response.has_redirect_location:
                        return _body(response, limit)
                    target = urljoin(url, response.headers.get("location", ""))
                if not same_host(url, target):
                    raise FetchError(
                        "The address leads on to another host, which is not followed.",
                        fix="Ask the sender for the address where the file really is.",
                        details={"host": urlsplit(url).hostname or "", "leads_to": urlsplit(target).hostname or ""},
                    )
                url = target
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise FetchError(
            f"{urlsplit(url).hostname or 'The address'} could not be read.",
            fix="Check the address and the network, or use the file instead of the link.",
            details={"raised": f"{type(error).__name__}: {error}"},
        ) from error
    raise FetchError("The address leads in circles.", fix="Ask the sender for another one, or for the file.")


def _body(response: "httpx.Response", limit: int) -> bytes:
    host = response.url.host
    if response.status_code != 200:
        raise FetchError(
            f"{host} answered {response.status_code}.",
            fix="The link may have ended: ask the sender for a new one.",
            details={"status": str(response.status_code)},
        )
    body = read_bounded(response, limit)
    if body is None:
        raise FetchError(
            f"{host} sends more than {limit // 1024} KiB, which cannot be what was asked for.",
            fix="Check the address.",
        )
    return body
