"""What is sent compressed, over a real socket: the page and its files, and to whom."""

import gzip
from collections.abc import Iterator

import httpx
import pytest
from services import new_home, running

from app.web.http.content_coding import takes_gzip

PAGE = "/?view=matrix"
TYPED = {"Sec-Fetch-Site": "none", "Accept-Encoding": "gzip, deflate, br, zstd"}
FILE = "/static/page.css"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with (
        new_home() as home,
        running(home, environ={"ASSAY_DATABASE__EMBEDDED": "false"}) as service,
        httpx.Client(base_url=service.url, timeout=60, headers={"Accept-Encoding": "identity"}) as opened,
    ):
        yield opened


def sent(client: httpx.Client, path: str, method: str = "GET", **headers: str) -> tuple[httpx.Response, bytes]:
    """An answer, with its bytes as they came."""
    with client.stream(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    ) as said:
        return said, b"".join(said.iter_raw())


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_the_page_is_compressed_for_a_person_and_for_itself(client: httpx.Client, site: str) -> None:
    _, plain = sent(client, PAGE)
    answer, content = sent(client, PAGE, **{**TYPED, "Sec-Fetch-Site": site})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(content) < len(plain) / 3
    assert gzip.decompress(content) == plain
    assert answer.headers["vary"] == "Cookie, Authorization, X-Assay-Fragment, Accept-Encoding, Sec-Fetch-Site"


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_nobody_else_makes_a_browser_ask_for_it_compressed(client: httpx.Client, site: str) -> None:
    answer, content = sent(client, f"{PAGE}&filter=guess", **{**TYPED, "Sec-Fetch-Site": site})
    assert "content-encoding" not in answer.headers
    assert b"guess" in content


@pytest.mark.parametrize("fragment", ["main", "panel"])
def test_its_parts_are_compressed_too(client: httpx.Client, fragment: str) -> None:
    asked = f"{PAGE}&key=app.name&environment=production"
    _, plain = sent(client, asked, X_Assay_Fragment=fragment)
    answer, content = sent(client, asked, X_Assay_Fragment=fragment, **TYPED)
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(content) == plain


def test_a_file_has_a_tag_of_its_own_in_each_coding(client: httpx.Client) -> None:
    bare, plain = sent(client, FILE)
    answer, content = sent(client, FILE, Accept_Encoding="gzip")
    assert gzip.decompress(content) == plain
    assert answer.headers["vary"] == bare.headers["vary"] == "Accept-Encoding"
    assert answer.headers["etag"] != bare.headers["etag"]
    tag = answer.headers["etag"]
    again, nothing = sent(client, FILE, Accept_Encoding="gzip", If_None_Match=tag)
    assert (again.status_code, nothing, again.headers["etag"]) == (304, b"", tag)
    other, whole = sent(client, FILE, If_None_Match=tag)
    assert (other.status_code, whole) == (200, plain)


@pytest.mark.parametrize("path", [PAGE, FILE])
def test_head_says_what_get_would(client: httpx.Client, path: str) -> None:
    named = ("content-length", "content-encoding", "vary", "content-type")
    whole, content = sent(client, path, **TYPED)
    head, nothing = sent(client, path, "HEAD", **TYPED)
    assert nothing == b""
    assert [head.headers[name] for name in named] == [whole.headers[name] for name in named]
    assert int(head.headers["content-length"]) == len(content)


def test_a_range_is_answered_with_the_whole(client: httpx.Client) -> None:
    answer, content = sent(client, FILE, Range="bytes=0-9", **TYPED)
    assert answer.status_code == 200
    assert len(content) == int(answer.headers["content-length"])


@pytest.mark.parametrize("path", ["/config/matrix", "/config/validate?environment=all", "/health", "/static/lock.svg"])
def test_answers_for_programs_and_small_ones_are_sent_as_they_are(client: httpx.Client, path: str) -> None:
    answer, content = sent(client, path, **TYPED)
    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(content)


def test_events_come_one_by_one(client: httpx.Client) -> None:
    with client.stream("GET", "/events", headers=TYPED) as answer:
        assert "content-encoding" not in answer.headers
        assert b"event:" in next(answer.iter_raw())


@pytest.mark.parametrize(
    "accepted", ["gzip", "br, GZIP;q=0.5", "*", "x-gzip", "*;q=0, gzip", "gzip;q=0.001", "br;q=1.0, gzip ; q=0.8"]
)
def test_gzip_is_taken_where_it_is_named_or_all_are(accepted: str) -> None:
    assert takes_gzip(accepted)


@pytest.mark.parametrize(
    "accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "*, gzip;q=0", "gzip;q=0, *"]
)
def test_gzip_is_not_taken_where_it_is_refused_or_not_said(accepted: str) -> None:
    assert not takes_gzip(accepted)
