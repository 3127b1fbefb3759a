"""The page's addresses: what is asked can be read back from its link."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.page.query import ONLY, VIEWS, Asked, address, read

WORDS = st.text(max_size=40)


@given(
    st.builds(
        Asked,
        view=st.sampled_from(VIEWS),
        only=st.sampled_from(ONLY),
        environment=WORDS,
        key=WORDS,
        filter=WORDS,
        rule=WORDS,
        left=WORDS,
        right=WORDS,
        before=WORDS,
    )
)
def test_every_state_has_a_link_that_leads_back_to_it(asked: Asked) -> None:
    link = address(asked)
    assert link.isascii()
    assert read(link.partition("?")[2].encode()) == (asked, ())


def test_the_page_as_it_opens_has_no_query() -> None:
    assert address(Asked()) == "/"
    assert read(b"") == (Asked(), ())


def test_a_link_changes_only_what_it_is_told_to() -> None:
    asked = Asked(view="matrix", filter="pool", key="database.pool.size", environment="production")
    assert asked.link(key="", environment="") == "/?view=matrix&filter=pool"


@pytest.mark.parametrize("query", [b"view=%ff", b"\xff", b"%", b"=", b"&&", b"view=matrix&view=database", b"%00=%00"])
def test_no_query_breaks_the_page(query: bytes) -> None:
    asked, _ = read(query)
    assert asked.view in VIEWS


def test_what_is_not_understood_is_left_out_of_the_state() -> None:
    asked, notes = read(b"view=matrx&only=diferences&filter=a&colour=red")
    assert asked == Asked(filter="a")
    assert len(notes) == 3
    assert {field.name for field in fields(Asked)} >= {"view", "filter"}


def test_what_stands_there_twice_is_told_and_the_last_counts() -> None:
    asked, notes = read(b"view=matrix&filter=a&view=database")
    assert asked == Asked(view="database", filter="a")
    assert notes == ("The parameter 'view' stands there more than once; the last one counts.",)
