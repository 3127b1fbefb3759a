"""What a value is for: the project's word, then its model's, then the name's."""

from app.core.roles import Role
from app.modelling.classifier import RoleClassifier
from app.modelling.shape import Shape

SECRET = Shape(kind="text", secret=True)
MODEL = Shape(
    kind="table",
    fields={
        "login": Shape(kind="table", fields={"word": SECRET, "name": Shape(kind="text")}),
        "listen": Shape(kind="text", role=Role.BASE_URL, secret=True),
        "key": Shape(kind="text", role=Role.SECRET),
        "plain": Shape(kind="text"),
    },
)


def test_what_holds_a_secret_by_the_model_is_kept_unless_the_model_says_what_it_is_for() -> None:
    classifier = RoleClassifier(shape=MODEL)
    assert all(map(classifier.is_kept, [("login",), ("login", "word"), ("key",)]))
    assert not any(map(classifier.is_kept, [("login", "name"), ("listen",), ("plain",)]))


def test_a_text_where_a_table_with_secrets_belongs_is_taken_for_a_secret() -> None:
    classifier = RoleClassifier(shape=MODEL)
    assert classifier.role(("login",), "word-of-mouth") is Role.SECRET
    assert classifier.role(("login",), {}) is None
    assert classifier.role(("login",), None) is None
    assert classifier.role(("plain",), "word-of-mouth") is None


def test_the_projects_word_comes_before_the_models_and_that_before_the_name() -> None:
    classifier = RoleClassifier(shape=MODEL, roles={"LISTEN": Role.SECRET, "login.*": Role.URL})
    assert classifier.role(("listen",), "x") is Role.SECRET
    assert classifier.role(("login", "name"), "x") is Role.URL
    assert classifier.role(("key",), "x") is Role.SECRET
    assert classifier.role(("password",), "x") is Role.PASSWORD


def test_what_stands_below_a_key_that_the_project_calls_secret_is_kept() -> None:
    classifier = RoleClassifier(roles={"vault": Role.SECRET})
    assert classifier.is_kept(("vault", "anything"))
    assert not classifier.is_kept(("other", "anything"))


def test_a_variables_spelling_is_what_it_sets_and_not_the_table_around() -> None:
    classifier = RoleClassifier(shape=MODEL)
    assert all(map(classifier.is_kept, [("LOGIN__WORD",), ("login.word",), ("LOGIN__WROD",), ("LOIGN__WORD",)]))
    assert not any(map(classifier.is_kept, [("LOGIN__NAME",), ("login.name",), ("LOGIN__OTHER",), ("PLAIN",)]))


def test_a_name_with_two_underscores_that_the_model_has_is_one_key() -> None:
    inner = Shape(kind="table", fields={"name": Shape(kind="text")})
    classifier = RoleClassifier(shape=Shape(kind="table", fields={"login__name": SECRET, "login": inner}))
    assert classifier.is_kept(("login__name",))
