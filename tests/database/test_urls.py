"""Targets as URLs: real ones as providers hand them out, and the way there and back."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import dsn
from app.core.errors import TargetError
from app.database.fields import target_from_fields
from app.database.target import SESSION_ATTRIBUTES, TLS_MODES, Target, Tls
from app.database.tls import TLS_VERSIONS

HEROKU = "ec2-54-1-2-3.compute-1.amazonaws.com"
RDS = "orders.c9akciq32.eu-west-1.rds.amazonaws.com"
NEON = "ep-cool-night-123456.eu-central-1.aws.neon.tech"
POOLER = "aws-0-eu-central-1.pooler.supabase.com"

GOOD = [
    # Heroku
    (f"postgres://u8k:canary-p4ss@{HEROKU}:5432/d7fk", {"host": HEROKU, "username": "u8k", "password": "canary-p4ss"}),
    (f"postgres://u8k:canary-p4ss@{HEROKU}:5432/d7fk", {"name": "d7fk", "port": 5432}),
    (f"postgres://u8k:canary-p4ss@{HEROKU}:5432/d7fk?sslmode=require", {"mode": "require"}),
    (f"postgres://u8k:canary-p4ss@{HEROKU}:5432/d7fk?ssl=true", {"mode": "require"}),
    # Amazon RDS, Aurora, Redshift's port
    (
        f"postgresql://app:canary-pw@{RDS}:5432/orders?sslmode=verify-full&sslrootcert=/certs/global-bundle.pem",
        {"host": RDS, "mode": "verify-full", "ca_file": "/certs/global-bundle.pem"},
    ),
    ("postgres://app@orders.cluster-ro-c9a.eu-west-1.rds.amazonaws.com/orders", {"password": None, "port": 5432}),
    ("postgresql://awsuser:canary-pw@wh.abc.us-east-1.redshift.amazonaws.com:5439/dev", {"port": 5439, "name": "dev"}),
    # Azure: the user name holds an at sign in older servers
    (
        "postgresql://app%40orders:canary-pw@orders.postgres.database.azure.com:5432/db?sslmode=require",
        {"username": "app@orders", "mode": "require"},
    ),
    # Supabase: direct, session pooler, transaction pooler as Prisma writes it
    ("postgresql://postgres:canary-pw@db.abcdefgh.supabase.co:5432/postgres", {"host": "db.abcdefgh.supabase.co"}),
    (f"postgresql://postgres.abcdefgh:canary-pw@{POOLER}:5432/postgres", {"username": "postgres.abcdefgh"}),
    (f"postgres://postgres.abcdefgh:canary-pw@{POOLER}:6543/postgres?pgbouncer=true", {"port": 6543, "host": POOLER}),
    # Neon: with the endpoint in options for clients that send no server name
    (f"postgresql://alex:canary-AbC123@{NEON}/neondb?sslmode=require", {"host": NEON, "mode": "require"}),
    (
        f"postgresql://alex:canary-AbC123@{NEON}/neondb?sslmode=require&options=endpoint%3Dep-cool-night-123456",
        {"options": "endpoint=ep-cool-night-123456"},
    ),
    (f"postgresql://alex:canary-AbC123@{NEON}/neondb?sslmode=verify-full&sslrootcert=system", {"ca_file": "system"}),
    (f"postgresql://alex:canary-AbC123@{NEON}/neondb?sslrootcert=system", {"mode": "verify-full"}),
    (f"postgresql://alex:canary-AbC123@{NEON}/neondb?sslmode=require&channel_binding=prefer", {"mode": "require"}),
    (
        f"postgresql://alex:canary-AbC123@{NEON}/neondb?sslmode=require&channel_binding=require",
        {"channel_binding": "require"},
    ),
    # Cloud SQL's socket, in the three ways that are around
    (
        "postgresql://app:canary-pw@/orders?host=/cloudsql/my-project:europe-west1:main",
        {"host": "/cloudsql/my-project:europe-west1:main", "name": "orders"},
    ),
    ("postgresql+asyncpg://app:canary-pw@/orders?host=/cloudsql/p:r:i", {"host": "/cloudsql/p:r:i"}),
    ("postgresql://app:canary-pw@%2Fcloudsql%2Fp%3Ar%3Ai/orders", {"host": "/cloudsql/p:r:i"}),
    # Unix sockets
    ("postgresql:///orders?host=/var/run/postgresql", {"host": "/var/run/postgresql", "username": None}),
    ("postgresql:///orders?host=/run/pg&port=5433", {"host": "/run/pg", "port": 5433}),
    ("host=/var/run/postgresql dbname=orders user=app", {"host": "/var/run/postgresql", "name": "orders"}),
    # PgBouncer, Pgpool
    ("postgres://app:canary-pw@pgbouncer:6432/orders?application_name=web", {"port": 6432, "application_name": "web"}),
    ("postgresql+psycopg://app:canary-pw@pool:9999/orders", {"port": 9999}),
    # DigitalOcean, Aiven, Render, Railway, Fly
    (
        "postgresql://doadmin:canary-AVNS_x@db-fra1-1.b.db.ondigitalocean.com:25060/defaultdb?sslmode=require",
        {"port": 25060, "username": "doadmin"},
    ),
    ("postgres://avnadmin:canary-AVNS_y@pg-1.aivencloud.com:12691/defaultdb?sslmode=require", {"port": 12691}),
    ("postgres://user:canary-pw@dpg-abc-a.frankfurt-postgres.render.com/db_x", {"name": "db_x"}),
    ("postgresql://postgres:canary-pw@containers-us-west-1.railway.app:7431/railway", {"port": 7431}),
    (
        "postgres://postgres:canary-p@top2.nearest.of.app-db.internal:5432?sslmode=disable",
        {"mode": "disable", "name": None},
    ),
    # CockroachDB, Timescale
    (
        "postgresql://max:canary-pw@free.cockroachlabs.cloud:26257/db?sslmode=verify-full&options=--cluster%3Dfunky-skunk-123",
        {"options": "--cluster=funky-skunk-123", "port": 26257},
    ),
    ("postgres://tsdbadmin:canary-pw@x.tsdb.cloud.timescale.com:35999/tsdb?sslmode=require", {"name": "tsdb"}),
    # Several hosts
    (
        "postgresql://app:canary-pw@db1,db2,db3/orders?target_session_attrs=read-write",
        {"host": "db1,db2,db3", "target_session_attrs": "read-write", "port": 5432},
    ),
    ("postgresql://app:canary-pw@db1:5432,db2:5433/orders", {"addresses": (("db1", 5432), ("db2", 5433))}),
    (
        "host=db1,db2 port=5432,6432 dbname=orders user=app target_session_attrs=prefer-standby",
        {"addresses": (("db1", 5432), ("db2", 6432)), "target_session_attrs": "prefer-standby"},
    ),
    ("postgresql://app@[2001:db8::1]:1,[2001:db8::2]/d", {"addresses": (("2001:db8::1", 1), ("2001:db8::2", 5432))}),
    # IPv6
    ("postgresql://app:canary-pw@[::1]:5433/orders", {"host": "::1", "port": 5433}),
    ("postgresql://app:canary-pw@[2001:db8::10]/orders", {"host": "2001:db8::10", "port": 5432}),
    ("postgresql://app@[fe80::1%25eth0]/orders", {"host": "fe80::1%eth0"}),
    # Passwords with everything in them
    ("postgresql://app:p%40ss%2Fw%3Ard%23%3F%25@db/orders", {"password": "p@ss/w:rd#?%"}),
    ("postgresql://app:%C3%A4%20%2B+@db/orders", {"password": "ä ++"}),
    ("postgresql://app:@db/orders", {"password": ""}),
    ("host=db user=app password='it\\'s a \\\\ secret' dbname=orders", {"password": "it's a \\ secret"}),
    ("postgresql://db/orders?user=app&password=p%26q", {"username": "app", "password": "p&q"}),
    # What the driver does anyway, and limits
    ("postgresql://db/orders?client_encoding=utf8&gssencmode=disable&sslnegotiation=postgres", {"host": "db"}),
    ("postgresql://db/orders?fallback_application_name=web", {"application_name": "web"}),
    ("postgresql://db/orders?connect_timeout=10", {"connect_timeout": 10.0}),
    ("postgresql://db/orders?statement_timeout=1500", {"statement_timeout": 1.5}),
    ("postgresql://db/orders?statement_timeout=0", {"statement_timeout": None}),
    (
        "postgresql://db/o?sslcert=/c.pem&sslkey=/k.pem&sslcrl=/r.pem&ssl_min_protocol_version=TLSv1.3",
        {"cert_file": "/c.pem", "key_file": "/k.pem", "crl_file": "/r.pem", "min_version": "TLSv1.3"},
    ),
]  # fmt: skip

BAD = [
    ("mysql://app:canary-pw@db/orders", "url", "postgresql://"),
    ("jdbc:postgresql://db:5432/orders?user=app", "url", "postgresql://"),
    ("postgress://app@db/orders", "url", "postgres://"),
    ("postgresql://app:pw/x@db/orders", "password", "%2F"),
    ("postgresql://app:p@ss@db/orders", "password", "%40"),
    ("postgresql://app:pw?x@db/orders", "password", "%3F"),
    ("postgresql://app:1/x@db/orders", "password", "%2F"),
    ("postgresql://app:p[x@db/orders", "password", "%5B"),
    ("postgresql://a@p@db/orders", "username", "%40"),
    ("postgresql://app:one@db/orders?password=two", "password", "Keep one"),
    ("postgresql://app:one@other:two@db/orders", "password", "keep one"),
    ("'postgresql://app:pw@db/orders'", "url", "without them"),
    ("postgresql://app:pw#x@db/orders", "password", "%23"),
    ("postgresql://app:100%@db/orders", "password", "%25"),
    ("postgresql://app@db:99999/orders", "port", "65535"),
    ("postgresql://app@::1/orders", "host", "[::1]:5432"),
    ("postgresql:///orders", "host", ""),
    ("postgresql://db1,db2:1,db3/orders?port=1,2", "port", "one for each host"),
    ("postgresql://db/orders?sslmod=require", "url", "sslmode"),
    ("postgresql://db/orders?sslmode=no-verify", "tls.mode", ""),
    ("postgresql://db/orders?sslmode=require&sslrootcert=system", "tls.mode", "verify-full"),
    ("postgresql://db/orders?ssl_min_protocol_version=TLSv1", "tls.min_version", ""),
    ("postgresql://db/orders?target_session_attrs=master", "target_session_attrs", ""),
    (f"postgresql://alex:canary-pw@{NEON}/neondb?sslmode=require&channel_binding=yes", "channel_binding", ""),
    ("postgresql://db/orders?hostaddr=10.0.0.1", "url", "address as the host"),
    ("service=orders", "url", "service file"),
    ("postgresql://db/orders?passfile=/home/app/.pgpass", "url", "password itself"),
    ("postgresql://db/orders?sslkey=/k.pem&sslpassword=x", "url", "without a passphrase"),
    ("postgresql://db/orders?schema=public", "url", ""),
    ("postgresql://db/orders?connection_limit=5", "url", ""),
    ("postgresql://db/orders?client_encoding=latin1", "url", "Leave it out"),
    ("postgresql://db/orders?connect_timeout=0", "url", "connect_timeout"),
    ("postgresql://db/orders?connect_timeout=nan", "url", "connect_timeout"),
    ("postgresql://db/orders?connect_timeout=soon", "url", "connect_timeout"),
    ("postgresql://db/orders?pgbouncer=maybe", "url", "pgbouncer=true"),
    ("orders", "url", "postgresql://"),
]


@pytest.mark.parametrize(("url", "parts"), GOOD)
def test_a_url_as_it_is_found_out_there_names_the_right_target(url: str, parts: dict[str, object]) -> None:
    target = target_from_fields({"url": url})
    for name, value in parts.items():
        owner = (
            target.tls if name in {"mode", "ca_file", "cert_file", "key_file", "crl_file", "min_version"} else target
        )
        assert getattr(owner, name) == value


@pytest.mark.parametrize(("url", "field", "advice"), BAD)
def test_a_url_that_cannot_be_honoured_gets_the_right_complaint(url: str, field: str, advice: str) -> None:
    with pytest.raises(TargetError) as caught:
        target_from_fields({"url": url})
    assert set(caught.value.errors) == {field}
    assert advice in caught.value.fix + " ".join(caught.value.errors.values())
    for secret in ("pw", "100%", "/home/app"):
        assert secret not in f"{caught.value} {caught.value.fix} {caught.value.errors}".replace("password", "")


def test_of_the_parameters_that_cannot_be_honoured_each_is_named() -> None:
    with pytest.raises(TargetError, match="'require_auth', which Assay cannot honour"):
        target_from_fields({"url": "postgresql://db/orders?require_auth=scram-sha-256"})
    with pytest.raises(TargetError, match="'sslsni', of which Assay can honour 1 alone"):
        target_from_fields({"url": "postgresql://db/orders?sslsni=0"})


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=20)
NAME = st.text(string.ascii_letters + string.digits + "-._", min_size=1, max_size=20).filter(
    lambda name: name.strip(".")
)
FOLDER = st.lists(st.text(string.ascii_letters + ":%@ .-_", min_size=1, max_size=8), min_size=1, max_size=3).map(
    lambda parts: "/" + "/".join(parts).strip()
)
HOST = NAME | st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str) | FOLDER
MAYBE = st.none() | TEXT
SECONDS = st.integers(1, 600).map(float) | st.floats(0.25, 600).map(lambda number: round(number, 3))


@st.composite
def targets(draw: st.DrawFn) -> Target:
    system = draw(st.booleans())
    tls = Tls(
        mode="verify-full" if system else draw(st.sampled_from(TLS_MODES)),
        ca_file="system" if system else draw(MAYBE),
        cert_file=draw(MAYBE),
        key_file=draw(MAYBE),
        crl_file=draw(MAYBE),
        min_version=draw(st.sampled_from(TLS_VERSIONS)),
        max_version=draw(st.none() | st.sampled_from(TLS_VERSIONS)),
    )
    return Target(
        host=draw(HOST),
        port=draw(st.integers(1, 65535)),
        name=draw(MAYBE),
        username=draw(MAYBE),
        password=draw(st.none() | st.just("") | TEXT),
        tls=tls,
        target_session_attrs=draw(st.sampled_from(SESSION_ATTRIBUTES)),
        options=draw(MAYBE),
        connect_timeout=draw(SECONDS),
        statement_timeout=draw(st.none() | st.integers(1, 86_400).map(float)),
        application_name=draw(TEXT),
    )


def target_url(target: Target) -> str:
    """The URL of a target, percent-encoded; it holds the password. What is as by default is left out."""
    stated = {
        "sslmode": unless(target.tls.mode, Tls().mode),
        "sslrootcert": target.tls.ca_file,
        "sslcert": target.tls.cert_file,
        "sslkey": target.tls.key_file,
        "sslcrl": target.tls.crl_file,
        "ssl_min_protocol_version": unless(target.tls.min_version, Tls().min_version),
        "ssl_max_protocol_version": target.tls.max_version,
        "target_session_attrs": unless(target.target_session_attrs, "any"),
        "channel_binding": unless(target.channel_binding, "prefer"),
        "options": target.options,
        "application_name": unless(target.application_name, "assay"),
        "connect_timeout": unless(number_text(target.connect_timeout), "5"),
        "statement_timeout": unless(number_text((target.statement_timeout or 0) * 1000), "30000"),
    }
    parts = dsn.Parts(
        scheme="postgresql",
        hosts=target.addresses,
        username=target.username,
        password=target.password,
        name=target.name,
        query={key: value for key, value in stated.items() if value is not None},
    )
    return dsn.unparse(parts)


def unless(said: str, default: str) -> str | None:
    return None if said == default else said


def number_text(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


@given(targets())
def test_a_target_survives_the_way_to_a_url_and_back(target: Target) -> None:
    assert target_from_fields({"url": target_url(target)}) == target


@given(st.lists(st.tuples(NAME | st.ip_addresses(v=6).map(str), st.integers(1, 65535)), min_size=2, max_size=4))
def test_several_hosts_survive_it_with_their_ports(hosts: list[tuple[str, int]]) -> None:
    listed = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in hosts)
    assert target_from_fields({"url": target_url(Target(host=listed))}).addresses == tuple(hosts)


@given(targets())
def test_no_representation_of_a_target_holds_its_password(target: Target) -> None:
    marked = Target(host=target.host, password="c4n4ry-s3cret", options="c4n4ry-s3cret", username=target.username)
    assert "c4n4ry" not in f"{marked!r} {marked} {marked.shown()}"
