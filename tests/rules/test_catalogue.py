import re

from app.rules import RULES


def test_ids_are_sorted_and_unique() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))


def test_every_rule_has_a_page_with_wrong_and_right_and_a_source() -> None:
    for rule in RULES:
        assert re.fullmatch(r"[A-Z]+\d{3}", rule.id)
        assert "Wrong:" in rule.page, rule.id
        assert "Right" in rule.page, rule.id
        assert rule.source, rule.id
