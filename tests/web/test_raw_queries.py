"""A query with bytes that are none of a URI's, which any client may send, is percent-encoded before it is read."""

from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.http.raw_request_path import encode_query


@pytest.mark.parametrize(
    ("query", "encoded"),
    [(b"a=1&b=%20+", b"a=1&b=%20+"), (b"le\xfeft=x", b"le%FEft=x"), (b"a=\xc3\xa9", b"a=%C3%A9"), (b"", b"")],
)
def test_what_no_query_may_have_is_encoded(query: bytes, encoded: bytes) -> None:
    scope: dict[str, Any] = {"query_string": query}
    encode_query(scope)
    assert scope["query_string"] == encoded


@given(st.binary())
def test_any_query_keeps_what_it_says_and_is_ascii(query: bytes) -> None:
    scope: dict[str, Any] = {"query_string": query}
    encode_query(scope)
    assert scope["query_string"].isascii()
    assert unquote_to_bytes(scope["query_string"]) == unquote_to_bytes(query)
