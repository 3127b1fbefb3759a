"""Which addresses a typed-in host may be connected to."""

import socket

import pytest

from app.core.errors import TargetNotAllowed
from app.database.target import Target
from app.probing.policy import EVERYTHING, Allowed, Permission

METADATA = "169.254.169.254"


@pytest.mark.parametrize(
    ("pattern", "host", "address"),
    [
        ("*.db.example", "one.db.example", "192.0.2.1"),
        ("*.DB.example", "One.db.EXAMPLE.", "10.1.2.3"),
        ("10.0.0.0/8", "anything.example", "10.1.2.3"),
        ("10.0.0.0/8", "10.1.2.3", "::ffff:10.1.2.3"),
        ("10.1.2.3/8", "anything.example", "10.9.9.9"),
        ("2001:db8::/32", "db", f"2001:db8::{METADATA}"),
        ("10.1.*", "10.1.2.3", "10.1.2.3"),
        ("::1", "[::1]", "::1"),
        ("fd00:1::/64", "db", "fd00:1::5%eth0"),
        ("localhost", "LocalHost.", "127.0.0.1"),
        ("localhost", "localhost", "::1"),
        ("127.0.0.0/8", "localhost", "127.0.0.1"),
        ("::1", "localhost", "::1"),
        ("127.0.0.1", "0.0.0.0", "0.0.0.0"),
        (METADATA, METADATA, METADATA),
        (f"{METADATA}/32", "metadata.example", METADATA),
        ("169.254.0.0/16", "169.254.7.7", "169.254.7.7"),
        ("fe80::/10", "fe80::1%eth0", "fe80::1%eth0"),
        ("fd00:ec2::254", "fd00:ec2::254", "fd00:ec2::254"),
        ("*", "db.example", "192.0.2.1"),
        ("*.*", "db.example", "2001:db8::1"),
        ("*.db.example", "one.db.example", "2001:db8:1:7f00:0:100::"),
        ("[::1]", "::1", "::1"),
        (" 10.0.0.0/8 ", "db.example", "10.1.2.3"),
        ("::1", "::", "::"),
        ("fd00:1::?", "db", "fd00:1::5%eth0"),
        ("/run/postgresql", "/run/postgresql/", "/run/postgresql/.s.PGSQL.5432"),
        ("/run/*", "/run/postgresql", "/run/postgresql/.s.PGSQL.5432"),
    ],
)
def test_a_pattern_opens_what_it_names(pattern: str, host: str, address: str) -> None:
    assert Allowed(patterns=[pattern]).permits(host, address, 5432)
    Allowed(patterns=[pattern]).require(Target(host=host))


@pytest.mark.parametrize(
    ("pattern", "host", "address"),
    [
        ("*.db.example", "db.example", "192.0.2.1"),
        ("*.db.example", "one.db.example", "127.0.0.1"),
        ("*.db.example", "one.db.example", "::1"),
        ("*.db.example", "one.db.example", "::ffff:127.0.0.1"),
        ("*.db.example", "one.db.example", "0.0.0.0"),
        ("*.db.example", "one.db.example", "::"),
        ("*.db.example", "one.db.example", "64:ff9b::127.0.0.1"),
        ("*.db.example", "one.db.example", "64:ff9b:1:7f00:0:100::"),
        ("*.db.example", "one.db.example", "64:ff9b:1:7f:0:1::"),
        ("*.db.example", "one.db.example", "64:ff9b:1::7f:0:100:0"),
        ("*.db.example", "one.db.example", "64:ff9b:1::127.0.0.1"),
        ("*.db.example", "one.db.example", "::ffff:0:127.0.0.1"),
        ("*.db.example", "one.db.example", "2001:db8::5efe:127.0.0.1"),
        ("*.db.example", "one.db.example", "64:ff9b::0.0.0.0"),
        ("*.db.example", "one.db.example", "2002:7f00:1::"),
        ("*.db.example", "one.db.example", "::127.0.0.1"),
        ("*.db.example", "one.db.example", "2001:0:7f00:1::"),
        ("*.db.example", "one.db.example", "2001:0:c000:201::80ff:fffe"),
        ("*.db.example", "one.db.example", METADATA),
        ("*.db.example", "one.db.example", f"::ffff:{METADATA}"),
        ("*.db.example", "one.db.example", f"64:ff9b::{METADATA}"),
        ("*", "one.db.example", f"::ffff:0:{METADATA}"),
        ("*", "one.db.example", f"64:ff9b:1::{METADATA}"),
        ("::/0", "one.db.example", "64:ff9b:1:6464:64:c800::"),
        ("::/0", "one.db.example", "64:ff9b:1:64:64:64c8::"),
        ("::/0", "one.db.example", "64:ff9b:1:0:64:6464:c800:0"),
        ("*", "one.db.example", f"2001:db8::200:5efe:{METADATA}"),
        ("l*", "localhost", "127.0.0.1"),
        ("localhost", "other.example", "127.0.0.1"),
        ("10.0.0.0/8", "11.1.2.3", "11.1.2.3"),
        ("10.1.*", "10.1.evil.example", "192.0.2.1"),
        ("*", METADATA, METADATA),
        ("0.0.0.0/0", METADATA, METADATA),
        ("169.254.0.0/16", METADATA, METADATA),
        ("0.0.0.0/0", "169.254.7.7", "169.254.7.7"),
        ("::/0", "fe80::1", "fe80::1"),
        ("fd00::/8", "fd00:ec2::254", "fd00:ec2::254"),
        ("10.0.0.0/8", "::1", "::1"),
        ("10.0.0.0/8", "fe80::1", "fe80::1"),
        ("::/0", METADATA, METADATA),
        ("db*", "other.example", "db8::1"),
        ("*", "/run/postgresql", "/run/postgresql/.s.PGSQL.5432"),
        ("/run/*", "/run/../tmp", "/run/../tmp/.s.PGSQL.5432"),
        ("*", "db.example", "no address"),
    ],
)
def test_a_pattern_opens_nothing_else(pattern: str, host: str, address: str) -> None:
    assert not Allowed(patterns=[pattern]).permits(host, address, 5432)


@pytest.mark.parametrize(
    ("host", "patterns"),
    [
        ("db.evil.example", ["*.db.example"]),
        ("one.db.example,db.evil.example", ["*.db.example"]),
        ("10.1.2.3,11.1.2.3", ["10.0.0.0/8"]),
        ("[::1]", ["10.0.0.0/8"]),
        ("/run/postgresql", ["*"]),
        ("localhost.", ["l*", "10.0.0.0/8"]),
        ("db.localhost", ["*.localhost", "10.0.0.0/8"]),
        ("one.db.example", []),
        (METADATA, ["*"]),
    ],
)
def test_what_can_be_none_of_them_is_refused_before_a_name_is_looked_up(host: str, patterns: list[str]) -> None:
    with pytest.raises(TargetNotAllowed, match="may not be probed") as refused:
        Allowed(patterns=patterns).require(Target(host=host))
    assert "diagnostics.allowed_targets" in refused.value.fix


def test_a_folder_of_sockets_is_opened_by_one_of_several_patterns() -> None:
    socket_file = "/run/postgresql/.s.PGSQL.5432"
    for patterns in (EVERYTHING, ["*.db.example", "/run/postgresql"]):
        assert Allowed(patterns=patterns).permits("/run/postgresql", socket_file, 5432)


def test_the_host_that_was_refused_first_is_the_one_that_is_named() -> None:
    permission = Permission(Allowed(patterns=["10.0.0.0/8"]), Target(host="one.example,two.example"))
    assert not permission("one.example", "192.0.2.1")
    assert not permission("two.example", "192.0.2.2")
    with pytest.raises(TargetNotAllowed, match=r"one\.example"):
        permission.require()


def test_a_name_that_may_lie_in_a_network_is_judged_by_its_address() -> None:
    allowed, target = Allowed(patterns=["10.0.0.0/8"]), Target(host="db.example")
    allowed.require(target)
    permission = Permission(allowed, target)
    assert permission("db.example", "10.1.2.3")
    permission.require()
    assert not permission("db.example", "192.0.2.1")
    with pytest.raises(TargetNotAllowed, match=r"db\.example"):
        permission.require()


def test_a_host_that_the_target_does_not_state_is_refused() -> None:
    permission = Permission(Allowed(patterns=EVERYTHING), Target(host="db.example"))
    assert not permission("other.example", "192.0.2.1")
    with pytest.raises(TargetNotAllowed, match=r"other\.example"):
        permission.require()


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0.0.0.0"])
def test_the_services_own_port_must_be_named_by_its_address(address: str) -> None:
    ports = frozenset({8000})
    for patterns in (EVERYTHING, ["localhost"], ["0.0.0.0/0", "::/0"], ["127.0.0.0/8"]):
        assert not Allowed(patterns=patterns, own_ports=ports).permits("localhost", address, 8000)
    named = Allowed(patterns=["127.0.0.1", "127.9.9.9", "::1"], own_ports=ports)
    assert named.permits("localhost", address, 8000)
    assert Allowed(patterns=EVERYTHING, own_ports=ports).permits("localhost", address, 5432)
    assert not Allowed(patterns=[*EVERYTHING, "192.0.2.9"], own_ports=ports).permits("localhost", address, 8000)


def test_an_address_of_this_machines_network_is_this_machine_too() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way_out:
        try:
            way_out.connect(("198.51.100.1", 9))  # for documentation (RFC 5737): chooses an address, sends nothing
        except OSError:
            pytest.skip("this machine has no network")
        address = way_out.getsockname()[0]
    allowed = Allowed(patterns=EVERYTHING, own_ports=frozenset({8000}))
    assert not allowed.permits("one.example", address, 8000)
    assert allowed.permits("one.example", address, 5432)


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_another_machine_may_use_the_same_port(address: str) -> None:
    assert Allowed(patterns=EVERYTHING, own_ports=frozenset({8000})).permits("db.example", address, 8000)


def test_an_address_of_which_nobody_can_tell_whose_it_is_counts_as_this_machines() -> None:
    everywhere = "ff02::1"  # all nodes of a link that is not named: nothing can be bound to it
    allowed = Allowed(patterns=EVERYTHING, own_ports=frozenset({8000}))
    assert not allowed.permits("one.example", everywhere, 8000)
    assert allowed.permits("one.example", everywhere, 5432)


def test_a_host_that_is_named_twice_is_judged_with_both_its_ports() -> None:
    target = Target(host="127.0.0.1:5432,127.0.0.1:8000")
    permission = Permission(Allowed(patterns=EVERYTHING, own_ports=frozenset({8000})), target)
    assert not permission("127.0.0.1", "127.0.0.1")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "::ffff:0:127.0.0.1", "64:ff9b:1::127.0.0.1", "64:ff9b::0.0.0.0", "fd00::5efe:127.0.0.1"],
)
def test_no_spelling_of_this_machine_reaches_the_services_own_port_by_a_wide_pattern(address: str) -> None:
    allowed = Allowed(patterns=EVERYTHING, own_ports=frozenset({8000}))
    assert not allowed.permits("one.example", address, 8000)
