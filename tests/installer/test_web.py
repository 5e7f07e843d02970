"""What is fetched is bounded, stays with one host, and is never asked for without TLS except on this computer."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from installer.web import FetchError, check_url, download, http_client, same_host

Handler = Callable[[httpx.Request], httpx.Response]


def fetched(handler: Handler, url: str = "https://vendor.example/i", limit: int = 1000) -> bytes:
    return download(url, limit=limit, transport=httpx.MockTransport(handler))


def test_the_body() -> None:
    assert fetched(lambda _: httpx.Response(200, content=b"x" * 1000)) == b"x" * 1000


def test_an_endless_body_is_left_when_the_limit_is_passed() -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 65536

    with pytest.raises(FetchError, match="more than 128 KiB"):
        fetched(lambda _: httpx.Response(200, content=endless()), limit=128 * 1024)
    assert sent <= 4


@pytest.mark.parametrize("status", [204, 206, 301, 304, 400, 403, 404, 500, 503])
def test_any_other_status_is_a_refusal(status: int) -> None:
    with pytest.raises(FetchError, match=str(status)) as refusal:
        fetched(lambda _: httpx.Response(status, content=b"x"))
    assert refusal.value.fix


def to(place: str) -> Handler:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/end":
            return httpx.Response(200, content=b"end")
        return httpx.Response(302, headers={"location": place})

    return answer


@pytest.mark.parametrize("place", ["/end", "end", "https://vendor.example/end", "https://vendor.example:443/end"])
def test_redirects_within_the_host_are_followed(place: str) -> None:
    assert fetched(to(place)) == b"end"


@pytest.mark.parametrize(
    "place",
    [
        "https://other.example/end",
        "//other.example/end",
        "https://vendor.example.other.example/end",
        "https://vendor.example:444/end",
        "http://vendor.example/end",
        "http://127.0.0.1/end",
        "file:///end",
        "https://user@vendor.example/end",
        "https://[/end",
        "https://vendor.example:x/end",
    ],
)
def test_redirects_elsewhere_are_not(place: str) -> None:
    with pytest.raises(FetchError):
        fetched(to(place))


def test_redirects_in_circles_end() -> None:
    with pytest.raises(FetchError, match="circles"):
        fetched(to("/again"))


@pytest.mark.parametrize("error", [httpx.ConnectError("no"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("?")])
def test_no_answer(error: httpx.HTTPError) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(FetchError, match=r"vendor\.example could not be read"):
        fetched(fail)


@pytest.mark.parametrize(
    "url",
    ["https://a.example/x?y#z", "http://127.0.0.1:1/x", "http://localhost/", "http://[::1]:80/", "https://1.1.1.1/"],
)
def test_addresses_that_are_fine(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1.a.example/",
        "http://localhost.a.example/",
        "https://a.example\\@b.example/",
        "https://a b.example/",
        "https://ä.example/",
        "https://u:p@a.example/",
        "https://@a.example/",
        "ftp://a.example/",
        "javascript:alert(1)",
        "//a.example/",
        "",
    ],
)
def test_addresses_that_are_not(url: str) -> None:
    with pytest.raises(ValueError, match="must"):
        check_url(url)


def test_same_host() -> None:
    assert same_host("https://a.example", "https://A.example:443/x")
    assert not same_host("https://a.example", "http://a.example")


def test_this_computer_is_not_asked_for_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with http_client("http://127.0.0.1:1", timeout=1) as client:
        assert client.trust_env is False
    with http_client("https://a.example", timeout=1) as client:
        assert client.trust_env is True
