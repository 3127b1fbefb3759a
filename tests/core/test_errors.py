from app.core.errors import did_you_mean, nearest


def test_the_nearest_word_is_found_whatever_its_case() -> None:
    assert nearest("PRODUTION", ["production", "staging"]) == "production"


def test_nothing_near_lists_what_is_known() -> None:
    assert did_you_mean("zzz", ["staging", "production"]) == "Known: production, staging."
