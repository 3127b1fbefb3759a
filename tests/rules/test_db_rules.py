"""DB001 to DB012, but for DB006: databases, and other services that are connected to."""

import pytest
from projects import OWN, MakeProject, ProjectFolder
from repositories import repository
from told import SECTIONED, findings, told

CANARY = "cAnary_7Qx2mV9tL4wK"

CLEAN = f"""\
[production.app]
secret_key = "K7v!mQ2x-Zt9Lw4pRb8Ys3Nd6Hf1Jc5Ge0"
[production.database]
host = "db.example.com"
password = "{CANARY}"
tls = {{ mode = "verify-full" }}
"""


def foreign(make: MakeProject, profile: str, **files: str) -> ProjectFolder:
    return make({"assay.toml": SECTIONED, "settings.toml": profile, **files})


def lines(make: MakeProject, rule: str, profile: str, **environ: str) -> list[str]:
    """What one rule says about a foreign project, shortened: `error db.host 3`."""
    said = told(foreign(make, profile), rule, **({"ENV_FOR_DYNACONF": "production"} | environ))
    return [line.replace(" production ", " ").replace("settings.toml:", "").rpartition(":")[0] for line in said]


# --- DB001 and DB003: TLS


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        ("[production.db]\nhost = 'h'\nsslmode = 'disable'\n", "error db.sslmode 3"),
        ("[production.db]\nhost = 'h'\nsslmode = 'prefer'\n", "error db.sslmode 3"),
        ("[production]\nDB_HOST = 'h'\nDB_SSLMODE = 'allow'\n", "error db_sslmode 3"),
        ("[production]\nDATABASE_URL = 'postgresql://a@h/x?sslmode=disable'\n", "error database_url 2"),
        ("[production.db]\nhost = 'h'\nconnect_args = {sslmode = 'prefer'}\n", "error db.connect_args.sslmode 3"),
        (("[production]\nSQLALCHEMY_DATABASE_URI = 'postgresql://a@h/x'\n"
         "SQLALCHEMY_ENGINE_OPTIONS = {connect_args = {sslmode = 'disable'}}\n"),
         "error sqlalchemy_engine_options.connect_args.sslmode 3"),
        ("[production]\nMYSQL_HOST = 'h'\nMYSQL_SSL_DISABLED = true\n", "error mysql_ssl_disabled 3"),
        ("[production.redis]\nhost = 'h'\nssl = false\n", "error redis.ssl 3"),
        ("[production.redis]\nhost = 'h'\nuse_ssl = 'off'\n", "error redis.use_ssl 3"),
        ("[production.db]\nurl = 'jdbc:mysql://h/x?useSSL=false'\n", "error db.url 2"),
        ("[production.db]\nurl = 'Server=h;Database=x;User Id=a;Password=b;Encrypt=no'\n", "error db.url 2"),
        ("[production.email]\nhost = 'h'\nuse_tls = false\n", "error email.use_tls 3"),
        ("[production]\nEMAIL_HOST = 'h'\nEMAIL_USE_TLS = false\n", "error email_use_tls 3"),
        ("[production.mongo]\nuri = 'mongodb://h/x?tls=false'\n", "error mongo.uri 2"),
    ],
)  # fmt: skip
def test_tls_that_is_off_or_left_to_chance_is_an_error_at_its_place(
    project: MakeProject, profile: str, line: str
) -> None:
    assert lines(project, "DB001", profile) == [line]
    assert lines(project, "DB003", profile) == []


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        ("[production.db]\nhost = 'h'\nuser = 'a'\n", "warning db.tls.mode 2"),
        ("[production]\nDATABASE_URL = 'postgresql://a@h/x'\n", "warning database_url 2"),
        ("[production]\nREDIS_URL = 'redis://h:6379/0'\n", "warning redis_url 2"),
        ("[production.mq]\nurl = 'amqp://h//'\n", "warning mq.url 2"),
        ("[production.db]\nhosts = 'localhost,h'\n", "warning db.tls.mode 2"),
        ("[production.mysql]\nserver = 'h'\n", "warning mysql.tls.mode 2"),
    ],
)
def test_where_nothing_says_anything_about_a_remote_server_it_is_a_warning(
    project: MakeProject, profile: str, line: str
) -> None:
    assert lines(project, "DB001", profile) == [line]


def test_the_models_own_default_is_judged(own: MakeProject) -> None:
    made = own({".secrets.toml": CLEAN.replace('tls = { mode = "verify-full" }\n', "")})
    (finding,) = findings(made, "DB001", "production")
    assert (finding["severity"], finding["key"], finding["origin"]["kind"]) == ("error", "database.tls.mode", "default")


@pytest.mark.parametrize(
    "profile",
    [
        "[production.db]\nhost = 'h'\nsslmode = 'verify-full'\n",
        "[production.db]\nhost = 'h'\nssl = true\n",
        "[production.redis]\nurl = 'rediss://h'\n",
        "[production.redis]\nhost = 'h'\n",
        "[production.mongo]\nurl = 'mongodb+srv://h/x'\n",
        "[production.mongo]\nurl = 'mongodb://h/x?tls=true'\n",
        "[production.email]\nhost = 'h'\nuse_tls = false\nuse_ssl = true\n",
        "[production.email]\nhost = 'h'\nuse_tls = true\nuse_ssl = false\n",
        "[production.mysql]\nhost = 'h'\nssl_ca = '/etc/ca.pem'\n",
        "[production.mysql]\nhost = 'h'\nssl_disabled = false\n",
        "[production.db]\nhost = '/cloudsql/project:region:name'\nsslmode = 'disable'\n",
        "[production.db]\nhost = '127.0.0.1'\nsslmode = 'disable'\n",
        "[production]\nDATABASE_URL = 'postgresql://a@localhost/x?sslmode=disable'\n",
        "[production]\nDATABASE_URL = 'postgresql:///x?host=/run/postgresql'\n",
        "[production]\nDATABASE_URL = '${DATABASE_URL}'\n",
        "[production.db]\nhost = '@format {env[DB_HOST]}'\n",
        "[production.server]\nhost = 'h'\nssl = false\n",
        "[production]\nhost = 'h'\nport = 80\nname = 'orders'\n",
        "[production.cookie]\nsecure = false\n",
        "[development.db]\nhost = 'h'\nsslmode = 'disable'\n[production]\na = 1\n",
    ],
)
def test_tls_that_is_on_or_needless_and_what_is_no_server_are_left_alone(project: MakeProject, profile: str) -> None:
    assert lines(project, "DB001", profile) == []


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        ("[production.db]\nhost = 'h'\nsslmode = 'require'\n", "error db.sslmode 3"),
        ("[production.db]\nhost = 'h'\nsslmode = 'require'\nsslrootcert = '/ca.pem'\n", "error db.sslmode 3"),
        ("[production.db]\nhost = 'h'\ntls = {mode = 'verify-ca', ca_file = '/ca.pem'}\n", "error db.tls.mode 3"),
        ("[production]\nDATABASE_URL = 'postgresql://a@h/x?sslmode=require'\n", "error database_url 2"),
        ("[production.redis]\nhost = 'h'\nssl = true\nssl_cert_reqs = 'none'\n", "error redis.ssl_cert_reqs 4"),
        ("[production.redis]\nurl = 'rediss://h/0?ssl_cert_reqs=none'\n", "error redis.url 2"),
        ("[production.mongo]\nuri = 'mongodb://h/x?tls=true&tlsAllowInvalidCertificates=true'\n", "error mongo.uri 2"),
        ("[production.mongo]\nhost = 'h'\ntls = true\ntls_insecure = true\n", "error mongo.tls_insecure 4"),
        ("[production.db]\nurl = 'Server=h;User Id=a;Password=b;Encrypt=yes;TrustServerCertificate=yes'\n",
         "error db.url 2"),
        ("[production.mysql]\nhost = 'h'\nssl_mode = 'REQUIRED'\n", "error mysql.ssl_mode 3"),
        ("[production.mysql]\nhost = 'h'\nssl_ca = '/ca.pem'\nssl_verify_identity = false\n",
         "error mysql.ssl_verify_identity 4"),
    ],
)  # fmt: skip
def test_tls_that_trusts_whoever_answers_is_an_error(project: MakeProject, profile: str, line: str) -> None:
    assert lines(project, "DB003", profile) == [line]
    assert lines(project, "DB001", profile) == []


@pytest.mark.parametrize(
    "profile",
    [
        "[production.db]\nhost = 'h'\nsslmode = 'verify-full'\n",
        "[production.db]\nhost = 'localhost'\nsslmode = 'require'\n",
        "[production.db]\nhost = 'h'\nssl = true\n",
        "[production.redis]\nurl = 'rediss://h/0?ssl_cert_reqs=required'\n",
        "[production.redis]\nhost = 'h'\nssl = true\nssl_cert_reqs = 'required'\n",
        "[production.db]\nhost = 'h'\n",
        "[production.client]\nverify_ssl = false\nhost = 'h'\n",
    ],
)
def test_tls_that_is_verified_or_whose_verification_nobody_mentions_is_left_alone(
    project: MakeProject, profile: str
) -> None:
    assert lines(project, "DB003", profile) == []


def test_the_fix_of_tls_fits_the_way_in_which_it_is_said(project: MakeProject) -> None:
    profile = "[production.redis]\nhost = 'h'\nssl = false\n[production.mysql]\nhost = 'h'\nssl_disabled = true\n"
    profile += "[production.cache]\nredis_url = 'redis://h'\n[production.db]\nhost = 'h'\nsslmode = 'allow'\n"
    profile += "[production.reports_db]\nhost = 'h'\ntls = { mode = 'disable' }\n"
    said = {finding["key"]: finding["fix"] for finding in findings(foreign(project, profile), "DB001", "production")}
    assert "ssl = true" in said["redis.ssl"]
    assert "ssl_disabled = false" in said["mysql.ssl_disabled"]
    assert "rediss://" in said["cache.redis_url"]
    assert 'sslmode = "verify-full"' in said["db.sslmode"]
    assert 'mode = "verify-full"' in said["reports_db.tls.mode"]


# --- DB002: default passwords


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        ("[production.db]\nhost = 'h'\npassword = 'postgres'\n", "error db.password 3"),
        ("[production.db]\nhost = 'h'\nuser = 'orders'\npassword = 'Orders'\n", "error db.password 4"),
        ("[production.db]\nhost = 'h'\nname = 'shop'\npassword = 'shop'\n", "error db.password 4"),
        ("[production.db]\nhost = 'h'\npassword = ''\n", "error db.password 3"),
        ("[production]\nDB_HOST = 'h'\nDB_PASSWORD = 'P@ssw0rd1'\n", "error db_password 3"),
        ("[production.db]\nhost = 'h'\npassword = 123456\n", "error db.password 3"),
        ("[production]\nDATABASE_URL = 'mysql+pymysql://root:root@h/x'\n", "error database_url 2"),
        ("[production]\nREDIS_URL = 'redis://:redis@h/0'\n", "error redis_url 2"),
        ("[production]\nMONGOURL = 'mongodb://root:pass123@172.18.0.3:27017/'\n", "error mongourl 2"),
        ("[production]\nBROKER = 'amqp://guest:guest@h//'\n", "error broker 2"),
        ("[production]\nDB = 'jdbc:postgresql://h/x?user=a&password=changeme'\n", "error db 2"),
        ("[production]\nDB = 'Server=h;Database=x;User Id=sa;Password=P@ssw0rd'\n", "error db 2"),
        ("[production]\nDB = 'host=h dbname=x user=a password=a'\n", "error db 2"),
        ("[production.cluster]\nnodes = ['redis://:cAnary_x7Kq2mV9tL4w@h1', 'redis://:secret@h2']\n",
         "error cluster.nodes[1] 2"),
        ("[production.db]\nurl = 'postgresql://a@h/x'\npassword = 'hunter2'\n", "error db.password 3"),
    ],
)  # fmt: skip
def test_a_default_password_is_found_in_parts_and_in_every_kind_of_url(
    project: MakeProject, profile: str, line: str
) -> None:
    assert lines(project, "DB002", profile) == [line]


@pytest.mark.parametrize(
    "profile",
    [
        f"[production.db]\nhost = 'h'\npassword = '{CANARY}'\n",
        "[production.db]\nhost = 'h'\npassword = '${DB_PASSWORD}'\n",
        "[production.db]\nhost = 'h'\npassword = 'vault:secret/data/db#password'\n",
        "[production.db]\nhost = 'h'\npassword = '@format {env[DB_PASSWORD]}'\n",
        "[production]\nDATABASE_URL = 'postgresql://a@h/x'\n",
        "[production]\nDATABASE_URL = 'postgresql://a:${PASSWORD}@h/x'\n",
        "[production.redis]\nhost = 'h'\npassword = ''\n",
        "[production.db]\nhost = 'h'\npassword_file = 'postgres'\n",
        "[production.db]\nhost = 'h'\nsslpassword_required = true\n",
    ],
)
def test_a_good_password_a_reference_and_no_password_are_left_alone(project: MakeProject, profile: str) -> None:
    assert lines(project, "DB002", profile) == []


def test_a_password_that_is_to_be_filled_in_is_told_as_that_whatever_else_is(project: MakeProject) -> None:
    place = "<replace in .secrets.toml>"
    both = "".join(
        f"[{name}.db]\nhost = 'h'\nuser = '{place}'\npassword = '{place}'\n" for name in ("qa", "production")
    )
    made = foreign(project, both)
    (finding,) = findings(made, "DB002", "production")
    assert finding["message"].endswith("still has to be filled in.")
    assert told(made, "XENV001") == []


def test_an_inherited_default_password_is_a_warning_with_both_ways_out(project: MakeProject) -> None:
    made = foreign(project, "[default.db]\nhost = 'h'\npassword = 'postgres'\n[production]\na = 1\n")
    (finding,) = findings(made, "DB002", "production")
    assert finding["severity"] == "warning"
    assert "[production] db__password" in finding["fix"]
    assert 'deployed = ["db.password"]' in finding["fix"]
    assert told(made, "DB002", ENV_FOR_DYNACONF="production") == ["error production db.password settings.toml:3:1"]


def test_a_finding_about_a_password_names_the_service_and_never_the_password(project: MakeProject) -> None:
    made = foreign(project, "[production]\nREDIS_URL = 'redis://:Passw0rd99@h/0'\n")
    (finding,) = findings(made, "DB002", "production")
    assert "Redis" in finding["message"]
    assert "Passw0rd99" not in str(finding)


# --- DB004 and DB005


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        ("[production.db]\nhost = 'h'\nuser = 'postgres'\n", "error db.user 3"),
        ("[production.db]\nurl = 'mysql://root@h/x'\n", "error db.url 2"),
        ("[production]\nMSSQL_USER = 'SA'\nMSSQL_HOST = 'h'\n", "error mssql_user 2"),
        ("[production.mongo]\nhost = 'h'\nusername = 'admin'\n", "error mongo.username 3"),
        ("[production.db]\nurl = 'postgresql://postgres%40server@h.example.com/x'\n", "error db.url 2"),
    ],
)
def test_a_superuser_of_a_database_is_an_error(project: MakeProject, profile: str, line: str) -> None:
    assert lines(project, "DB004", profile) == [line]


@pytest.mark.parametrize(
    "profile",
    [
        "[production.db]\nhost = 'h'\nuser = 'orders'\n",
        "[production.db]\nhost = 'h'\nuser = 'administration_app'\n",
        "[production.email]\nhost = 'h'\nuser = 'postgres'\n",
        "[production]\nREDIS_URL = 'redis://admin@h/0'\n",
        "[production.site]\nuser = 'admin'\n",
        "[development.db]\nhost = 'h'\nuser = 'postgres'\n[production]\na = 1\n",
    ],
)
def test_other_users_and_users_of_other_services_are_left_alone(project: MakeProject, profile: str) -> None:
    assert lines(project, "DB004", profile) == []


def test_an_inherited_superuser_is_a_warning(project: MakeProject) -> None:
    made = foreign(project, "[default.db]\nhost = 'localhost'\nuser = 'root'\n[production]\na = 1\n")
    assert told(made, "DB004", "production") == ["warning production db.user settings.toml:3:1"]
    assert told(made, "DB005", "production") == ["warning production db.host settings.toml:2:1"]


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        ("[production.db]\nhost = 'localhost'\n", "error db.host 2"),
        ("[production.db]\nhost = '127.0.0.2'\n", "error db.host 2"),
        ("[production.db]\nhost = '::1'\n", "error db.host 2"),
        ("[production.db]\nhost = '0.0.0.0'\n", "error db.host 2"),
        ("[production]\nDATABASE_URL = 'postgresql://a@localhost/x'\n", "error database_url 2"),
        ("[production]\nDATABASE_URL = 'sqlite:///x.db'\n", "error database_url 2"),
        ("[production]\nDATABASE_URL = 'sqlite+aiosqlite://'\n", "error database_url 2"),
        ("[production]\nDATABASE_URL = 'sqlite:///:memory:'\n", "error database_url 2"),
        ("[production.database]\nengine = 'django.db.backends.sqlite3'\nname = 'x.db'\n", "error database.engine 2"),
        ("[production.database]\nname = ':memory:'\n", "error database.name 2"),
    ],
)
def test_a_database_on_the_same_machine_is_an_error(project: MakeProject, profile: str, line: str) -> None:
    assert lines(project, "DB005", profile) == [line]


@pytest.mark.parametrize(
    "profile",
    [
        "[production.db]\nhost = 'db.example.com'\n",
        "[production.db]\nhost = 'localhost,db.example.com'\n",
        "[production.db]\nhost = '/cloudsql/project:region:name'\n",
        "[production.db]\nhost = '@cloudsql'\n",
        "[production]\nDATABASE_URL = 'mysql://....'\n",
        "[production.redis]\nhost = 'localhost'\n",
        "[production]\nREDIS_URL = 'redis://localhost'\n",
        "[production.server]\nhost = '127.0.0.1'\n",
        "[production]\nDATABASE_URL = 'postgresql:///x'\n",
        "[production.database]\nengine = 'django.db.backends.postgresql'\nname = 'x'\n",
        "[production]\nsqlite_docs_url = 'https://sqlite.org'\n",
    ],
)
def test_remote_servers_sockets_and_other_services_are_left_alone(project: MakeProject, profile: str) -> None:
    assert lines(project, "DB005", profile) == []


# --- DB007 to DB011


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        ("[production.db]\nhost = 'h'\nconnect_timeout = 0\n", "warning db.connect_timeout 3"),
        ("[production.db]\nhost = 'h'\ntimeouts = {statement = 'none'}\n", "warning db.timeouts.statement 3"),
        ("[production.db]\nhost = 'h'\nstatement_timeout = '0ms'\n", "warning db.statement_timeout 3"),
        ("[production.db]\nhost = 'h'\nconnect_args = {command_timeout = -1}\n",
         "warning db.connect_args.command_timeout 3"),
        ("[production]\nDATABASE_URL = 'postgresql://a@h/x?connect_timeout=0'\n", "warning database_url 2"),
        ("[production]\nDATABASE_URL = 'postgresql://a@h/x?options=-c%20statement_timeout%3D0'\n",
         "warning database_url 2"),
        ("[production.db]\nurl = 'Server=h;User Id=a;Connect Timeout=0'\n", "warning db.url 2"),
    ],
)  # fmt: skip
def test_a_timeout_that_is_none_is_told(project: MakeProject, profile: str, line: str) -> None:
    assert lines(project, "DB007", profile) == [line]


@pytest.mark.parametrize(
    "profile",
    [
        "[production.db]\nhost = 'h'\n",
        "[production.db]\nhost = 'h'\nconnect_timeout = 5\nstatement_timeout = '30s'\n",
        "[production.db]\nhost = 'h'\npool_timeout = 0\n",
        "[production.redis]\nhost = 'h'\nsocket_timeout = 0\n",
        "[production.http]\ntimeout = 0\nconnect_timeout = 0\n",
    ],
)
def test_timeouts_that_are_there_or_that_nobody_mentions_are_left_alone(project: MakeProject, profile: str) -> None:
    assert lines(project, "DB007", profile) == []


def test_the_models_own_timeouts_pool_and_name_are_fine(own: MakeProject) -> None:
    made = own({".secrets.toml": CLEAN})
    for rule in ("DB007", "DB008", "DB009", "DB010", "DB011"):
        assert told(made, rule) == []


def test_pools_beyond_what_the_server_grants_are_told(project: MakeProject) -> None:
    profile = "[production]\nworkers = 4\n[production.db]\nhost = 'h'\npool_size = 20\nconnection_limit = 60\n"
    assert lines(project, "DB008", profile) == ["warning db.pool_size 5"]
    assert lines(project, "DB008", profile.replace("60", "80")) == []
    assert lines(project, "DB008", profile.replace("60", "80") + "max_overflow = 1\n") == ["warning db.pool_size 5"]


def test_pools_of_the_service_itself_count_with_the_models_defaults(own: MakeProject) -> None:
    mine = own({"settings.toml": "[production.server]\nworkers = 8\n[production.database]\nconnection_limit = 100\n"})
    (finding,) = findings(mine, "DB008", "production")
    assert "8 workers x (5 + 10) connections are 120; the server grants 100" in finding["message"]


@pytest.mark.parametrize(
    "profile",
    [
        "[production.db]\nhost = 'h'\npool_size = 20\nconnection_limit = 10\n",
        "[production]\nworkers = 4\n[production.db]\nhost = 'h'\npool_size = 20\n",
        "[production]\nworkers = 4\n[production.db]\nhost = 'h'\nconnection_limit = 10\n",
        (
            "[production]\nworkers = 4\ncelery = {workers = 9}\n[production.db]\nhost = 'h'\npool_size = 5\n"
            "connection_limit = 30\n"
        ),
        (
            "[production]\nworkers = 4\nserver = {workers = 9}\n[production.db]\nhost = 'h'\npool_size = 9\n"
            "connection_limit = 30\n"
        ),
        "[production]\nworkers = 'auto'\n[production.db]\nhost = 'h'\npool_size = 50\nconnection_limit = 30\n",
    ],
)
def test_where_one_of_the_numbers_is_unknown_nothing_is_said_about_the_limit(
    project: MakeProject, profile: str
) -> None:
    assert lines(project, "DB008", profile) == []


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        ("[production.db]\nhost = 'h'\npool_size = 0\n", "warning db.pool_size 3"),
        ("[production.db]\nhost = 'h'\npool = {size = 5, max_overflow = -1}\n", "warning db.pool.max_overflow 3"),
        ("[production]\nSQLALCHEMY_DATABASE_URI = 'postgresql://a@h/x'\nSQLALCHEMY_MAX_OVERFLOW = -1\n",
         "warning sqlalchemy_max_overflow 3"),
        ("[production.db]\nhost = 'h'\npgbouncer = true\npool_recycle = -1\n", "warning db.pool_recycle 4"),
        ("[production.db]\nhost = 'pgbouncer.internal'\npool_recycle = 0\n", "warning db.pool_recycle 3"),
        ("[production.db]\nhost = 'h'\nport = 6432\npool_recycle = 0\n", "warning db.pool_recycle 4"),
        ("[production]\nMONGO_URL = 'mongodb://h/x?maxPoolSize=0'\n", "warning mongo_url 2"),
    ],
)  # fmt: skip
def test_a_pool_without_a_bound_is_told(project: MakeProject, profile: str, line: str) -> None:
    assert lines(project, "DB009", profile) == [line]


@pytest.mark.parametrize(
    "profile",
    [
        "[production.db]\nhost = 'h'\npool_size = 5\nmax_overflow = 0\n",
        "[production.db]\nhost = 'h'\npool_recycle = -1\n",
        "[production.db]\nhost = 'h'\npgbouncer = false\npool_recycle = -1\n",
        "[production.db]\nhost = 'h'\npgbouncer = true\npool_recycle = 1800\n",
        "[production.threads]\npool_size = 0\n",
        "[production.redis]\nhost = 'h'\nmax_pool_size = 0\n",
    ],
)
def test_pools_with_a_bound_and_other_pools_are_left_alone(project: MakeProject, profile: str) -> None:
    assert lines(project, "DB009", profile) == []


def test_a_pool_that_the_model_refuses_is_told_once(own: MakeProject) -> None:
    made = own({".secrets.toml": CLEAN + "pool = { size = 0 }\n"})
    assert told(made, "DB009", "production") == []
    assert told(made, "TYP004", "production") != []


def test_the_embedded_server_in_production_is_an_error_where_nothing_names_another(own: MakeProject) -> None:
    made = own({"settings.toml": "[default.database]\nembedded = true\n[production.app]\ndebug = false\n"})
    assert told(made, "DB010") == [
        "error staging database.embedded settings.toml:2:1",
        "error production database.embedded settings.toml:2:1",
    ]
    url = "postgresql://orders@db.example.com/orders?sslmode=verify-full"
    assert told(made, "DB010", "production", ENV_FOR_DYNACONF="production", DATABASE_URL=url) == []
    named = own({"settings.toml": "[default.database]\nembedded = true\n[production.database]\nhost = 'h'\n"})
    assert told(named, "DB010", "production") == []
    off = own({"settings.toml": "[production.database]\nembedded = false\n"})
    assert told(off, "DB010", "production") == []


def test_a_server_that_the_deployment_supplies_is_not_the_embedded_one(own: MakeProject) -> None:
    options = OWN + 'deployed = ["database.host"]\n'
    made = own({"assay.toml": options, "settings.toml": "[default.database]\nembedded = true\n"})
    assert told(made, "DB010", "production") == []


def test_connections_of_the_service_itself_without_a_name_are_told(own: MakeProject) -> None:
    made = own({".secrets.toml": CLEAN + 'application_name = ""\n'})
    assert told(made, "DB011", "production") == ["info production database.application_name .secrets.toml:7:1"]


def test_connections_without_a_name_are_told_where_the_key_is_there(project: MakeProject) -> None:
    assert lines(project, "DB011", "[production.db]\nhost = 'h'\napplication_name = ''\n") == [
        "info db.application_name 3"
    ]
    assert lines(project, "DB011", "[production.db]\nhost = 'h'\n") == []
    assert lines(project, "DB011", "[production.db]\nhost = 'h'\napplication_name = 'x'\n") == []
    assert lines(project, "DB011", "[production]\napplication_name = ''\n") == []


# --- DB012: passwords inside URLs


def test_the_place_for_the_password_is_never_a_file_in_everybodys_hands(project: MakeProject) -> None:
    url = f'[production]\ndatabase_url = "postgresql://app:{CANARY}@h/x"\n'
    options = 'settings_files = ["settings.toml", ".secrets.toml"]\nincludes = ["user/own.toml"]\n'
    made = project({"assay.toml": options, "settings.toml": url, "user/own.toml": url})
    fixes = [finding for finding in findings(made, "DB012", "production") if "own.toml" in finding["message"]]
    assert [finding["fix"] for finding in fixes] == [
        "Take it out of the URL, and change it: set DYNACONF_DATABASE_URL."
    ]
    assert "edit" not in fixes[0]


def test_a_local_file_that_is_tracked_is_in_everybodys_hands_too(project: MakeProject) -> None:
    url = f'[production]\ndatabase_url = "postgresql://app:{CANARY}@h/x"\n'
    made = foreign(project, "[production]\na = 1\n", **{"settings.local.toml": url})
    repository(made.root, "settings.toml", "settings.local.toml")
    (finding,) = findings(made, "DB012", "production")
    assert finding["fix"] == "Take it out of the URL, and change it: set DYNACONF_DATABASE_URL."
    assert "edit" not in finding


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        (f"[production]\nDATABASE_URL = 'postgresql://a:{CANARY}@h/x'\n", "warning database_url 2"),
        (f"[production]\nREDIS_URL = 'redis://:{CANARY}@h'\n", "warning redis_url 2"),
        (f"[production]\nPROXY = 'https://a:{CANARY}@h.example.com/'\n", "warning proxy 2"),
        (f"[production]\nDB = 'Server=h;User Id=a;Password={CANARY}'\n", "warning db 2"),
        (f"[production]\nDB = 'host=h user=a password={CANARY}'\n", "warning db 2"),
        (f"[production]\nnodes = ['redis://h', 'redis://:{CANARY}@h']\n", "warning nodes[1] 2"),
        ("[production]\nDATABASE_URL = 'postgresql://postgres:postgres@h/x'\n", "warning database_url 2"),
    ],
)
def test_a_password_inside_a_url_of_a_committed_file_is_told(project: MakeProject, profile: str, line: str) -> None:
    assert lines(project, "DB012", profile) == [line]


@pytest.mark.parametrize(
    "profile",
    [
        "[production]\nDATABASE_URL = 'postgresql://a@h/x'\n",
        "[production]\nDATABASE_URL = 'postgresql://a:${PW}@h/x'\n",
        "[production]\nDATABASE_URL = '@format postgresql://a:{env[PW]}@h/x'\n",
        "[production]\nDATABASE_URL = 'postgresql://a:<password>@h/x'\n",
        "[production]\nDATABASE_URL = 'postgresql://a:%(PW)s@h/x'\n",
        "[production]\nSENTRY_DSN = 'https://5f3c2a@o1.ingest.sentry.io/2'\n",
        "[production]\nSITE = 'https://example.com:8443/a'\n",
    ],
)
def test_urls_without_a_password_of_their_own_are_left_alone(project: MakeProject, profile: str) -> None:
    assert lines(project, "DB012", profile, PW="x" * 20) == []


def test_a_password_inside_a_url_is_told_everywhere_but_not_of_secrets_files_and_variables(
    project: MakeProject,
) -> None:
    url = f"postgresql://a:{CANARY}@h/x"
    made = project({
        "assay.toml": SECTIONED,
        "settings.toml": f"[development]\ndatabase_url = '{url}'\n",
        ".secrets.toml": f"[production]\ndatabase_url = '{url}'\n",
    })  # fmt: skip
    assert told(made, "DB012", DYNACONF_OTHER_URL=url) == ["warning development database_url settings.toml:2:1"]


def test_a_password_inside_a_url_of_the_service_itself_is_told_at_the_url(own: MakeProject) -> None:
    url = f"postgresql://a:{CANARY}@h/x?sslmode=verify-full"
    made = own({"settings/production.toml": f"[production.database]\nname = 'x'\nurl = '{url}'\n"})
    expected = ["warning production database.password settings/production.toml:3:1"]
    assert told(made, "DB012", "production") == expected
    assert told(made, "SEC002", "production") == []
    assert CANARY not in str(findings(made, "DB012", "production"))


def test_a_url_that_another_file_overrides_still_stands_in_the_environments_own_section(project: MakeProject) -> None:
    made = project({
        "assay.toml": SECTIONED,
        "settings.toml": f"[production]\ndatabase_url = 'postgresql://a:{CANARY}@h/x'\n",
        ".secrets.toml": "[production]\ndatabase_url = 'postgresql://a:cAnary_other7Qx2mV9t@h/x'\n",
    })  # fmt: skip
    assert told(made, "DB012", "production") == ["warning production database_url settings.toml:2:1"]


def test_the_fix_for_flat_names_is_a_flat_name_that_is_understood(project: MakeProject) -> None:
    flat = '[production]\nDB_HOST = "db.example.com"\nDB_USER = "app"\n'
    made = project({"assay.toml": SECTIONED, "settings.toml": flat})
    (finding,) = findings(made, "DB001")
    assert (finding["key"], "db_sslmode" in finding["fix"]) == ("db_sslmode", True)
    made.write({"settings.toml": f'{flat}db_sslmode = "verify-full"\n'})
    assert findings(made, "DB001") == []


def test_a_mode_that_no_code_may_read_is_not_written_unasked(project: MakeProject) -> None:
    made = foreign(project, '[production]\ndb.host = "db.example.com"\ndb.name = "orders"\ndb.user = "orders"\n')
    (finding,) = findings(made, "DB001", "production")
    assert 'mode = "verify-full"' in finding["fix"]
    assert "have the code pass it to the driver" in finding["fix"]
    assert finding.get("edit") is None


@pytest.mark.parametrize(
    ("size", "overflow", "edit"),
    [
        (30, 2, ("database.pool.size", 3)),
        (4, 30, ("database.pool.max_overflow", 1)),
        (30, 30, None),
    ],
)
def test_a_pool_that_is_too_large_is_mended_by_one_number_or_by_advice(
    project: MakeProject, size: int, overflow: int, edit: tuple[str, int] | None
) -> None:
    made = project({
        "settings.toml": f"[production.database]\nhost = 'h'\nconnection_limit = 20\n"
        f"[production.database.pool]\nsize = {size}\nmax_overflow = {overflow}\n[production.server]\nworkers = 4\n",
        "assay.toml": "merge_enabled = true\n",
    })  # fmt: skip
    (finding,) = findings(made, "DB008", "production")
    assert "at most 5 in each worker" in finding["fix"]
    assert (finding.get("edit") and (finding["edit"]["key"], finding["edit"]["value"])) == edit


@pytest.mark.parametrize(
    ("engine", "option"),
    [
        ("ENGINE = 'django.db.backends.postgresql'\n", 'sslmode = "verify-full"'),
        ("ENGINE = 'django.db.backends.mysql'\n", 'ssl_mode = "VERIFY_IDENTITY"'),
        ("", 'sslmode = "verify-full"'),
        ("ENGINE = '@jinja {{ this.engine }}'\n", 'sslmode = "verify-full"'),
    ],
    ids=["PostgreSQL", "MySQL", "nothing says which", "nobody knows which"],
)
def test_djangos_table_is_told_the_option_that_django_hands_to_the_driver(
    project: MakeProject, engine: str, option: str
) -> None:
    profile = f"[production.DATABASES.default]\n{engine}NAME = 'polls'\nUSER = 'polls'\nHOST = 'db.internal'\n"
    options = 'settings_files = ["settings.toml"]\nmerge_enabled = true\n'
    (finding,) = findings(project({"assay.toml": options, "settings.toml": profile}), "DB001", "production")
    assert finding["key"] == f"databases.default.OPTIONS.{option.partition(' ')[0]}"
    assert f"[production.DATABASES.default.OPTIONS] {option}, or set" in finding["fix"]
    assert finding["fix"].startswith(
        "Write [production" if "backends" in engine else "Write ENGINE, which is not known"
    )
    said = f"[production.DATABASES.default.OPTIONS]\n{option}\n"
    assert told(project({"assay.toml": options, "settings.toml": profile + said}), "DB001", "production") == []
