"""The figures of the throttle's design, by simulating attackers and owners on the statements that serve."""

from collections.abc import AsyncIterator

import pytest

from api.auth.failures import note_failure
from api.auth.networks import networks_of
from api.auth.queries import accounts
from api.auth.throttling import charge, old_password_charges, registration_charges, take_out
from api.database.aliases import Connection
from api.database.pool import open_pool
from api.database.queries import attached
from api.problems.problem import Problem
from tests.auth.logins import new_name, pass_time
from tests.auth.throttle_world import HOUR, World, ipv4, known_device


@pytest.fixture(scope="module")
async def pool(dsn: str) -> AsyncIterator[None]:
    async with open_pool(dsn, []) as opened:
        with attached(opened):
            yield


@pytest.fixture
async def world(pool: None, database: Connection) -> AsyncIterator[World]:
    await database.execute("delete from rate_limits")
    yield World(database)
    await database.execute("delete from rate_limits")


async def test_one_account_from_one_network(world: World) -> None:
    name = new_name()
    assert await world.guesses(0, [(name, ipv4(1))]) == 10
    assert await world.guesses(24, [(name, ipv4(1))]) == 24 * 4
    # The owner elsewhere waits for nothing, and in the same network for at most a quarter of an hour.
    assert await world.attempt(name, ipv4(2), right=True) == 0
    assert 0 < await world.attempt(name, ipv4(1), right=True) <= 900


async def test_one_account_from_many_networks(world: World) -> None:
    name = new_name()
    targets = [(name, ipv4(number)) for number in range(7)]
    assert await world.guesses(0, targets) == 60
    assert await world.guesses(3, targets) == 3 * 20
    assert 0 < await world.attempt(name, ipv4(100), right=True) <= 180
    await pass_time(world.database, 180)
    assert await world.attempt(name, ipv4(100), right=True) == 0


async def test_five_networks_do_not_shut_out_an_owner(world: World) -> None:
    name = new_name()
    assert await world.guesses(3, [(name, ipv4(number)) for number in range(5)]) == 50 + 3 * 20
    assert await world.attempt(name, ipv4(100), right=True) == 0


async def test_a_known_device_is_counted_alone(world: World) -> None:
    name = new_name()
    device = await known_device(world.database, name)
    await world.guesses(1, [(name, ipv4(number)) for number in range(7)])
    assert await world.attempt(name, ipv4(1), right=True) > 0
    for _ in range(30):
        assert await world.attempt(name, ipv4(1), right=True, device=device) == 0
    # Another account's is worth nothing here.
    other = await known_device(world.database, new_name())
    assert await world.attempt(name, ipv4(1), right=True, device=other) > 0
    # A stolen one is worth little.
    assert await world.guesses(0, [(name, ipv4(1))], device) == 10
    assert await world.guesses(3, [(name, ipv4(1))], device) == 3 * 10


async def test_many_accounts_from_one_network(world: World) -> None:
    names = [(new_name(), ipv4(1)) for _ in range(60)]
    assert await world.guesses(0, names) == 50
    assert await world.guesses(4, names[:10]) == 4 * 20
    assert 0 < await world.attempt(new_name(), ipv4(1), right=True) <= 180
    assert await world.attempt(new_name(), "20.0.1.8", right=True) == 0


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:0100::1", "2001:db8:1:01ff:1::2", True),
        ("2001:db8:1:0100::1", "2001:db8:1:0200::1", False),
        ("::ffff:198.51.100.22", "198.51.100.22", True),
        ("198.51.100.22", "198.51.100.23", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("unknown", "", True),
    ],
)
def test_what_is_one_network(one: str, other: str, is_same: bool) -> None:
    assert (networks_of(one).own == networks_of(other).own) is is_same


@pytest.mark.parametrize("address", ["2001:db8:1:{:x}00::1", "198.51.100.{}"])
async def test_a_wide_network_has_four_times_as_much(world: World, address: str) -> None:
    names = [(new_name(), address.format(number)) for number in range(6) for _ in range(50)]
    checked = [not await world.attempt(name, network) for name, network in names]
    assert checked == [True] * 200 + [False] * 100


async def test_a_spread_attack_is_noticed_and_costs_more(world: World, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(201):
        assert await world.attempt(new_name(), ipv4(number)) == 0
    assert "attack noticed" in caplog.text
    # From now on each network has 10 at once and 4 an hour.
    names = [(new_name(), ipv4(300)) for _ in range(12)]
    assert await world.guesses(0, names) == 10
    checked = 0
    for _ in range(2 * 20):
        for _ in range(10):
            await note_failure("login_refused", None, is_unknown_device=True)
        checked += await world.guesses(1 / 20, names)
    assert checked == 2 * 4
    # Right logins leave nothing, nor do the typing errors before them.
    for _ in range(15):
        name = new_name()
        assert [await world.attempt(name, ipv4(301), right=right) for right in (False, True)] == [0, 0]
    # Two hours later it's over, whatever came before.
    await pass_time(world.database, 2 * HOUR)
    assert not (await accounts.get_login(username=names[0][0], device_digests=[])).is_attack


async def test_a_nat_of_ten_thousand_parents(world: World) -> None:
    """Of 14 parents who log in an hour on new devices, four mistype first, and one gives up after three tries."""
    for hour in range(12):
        await pass_time(world.database, HOUR)
        for parent in range(14):
            name = f"{hour}-{parent}-{new_name()}"
            for _ in range(3 if parent < 5 else 0):
                assert await world.attempt(name, ipv4(1)) == 0
            if parent > 0:
                assert await world.attempt(name, ipv4(1), right=True) == 0
    held = await world.database.fetchval(
        "select extract(epoch from drained_at - now()) / 180 from rate_limits where subject = $1", f"network:{ipv4(1)}"
    )
    assert held <= 4


async def test_right_logins_of_an_attackers_own_earn_no_guesses(world: World) -> None:
    own, address = new_name(), ipv4(1)
    checked = 0
    for _ in range(60):
        checked += not await world.attempt(new_name(), address)
        for right in (False, False, True):
            await world.attempt(own, address, right=right)
    assert checked <= 50


async def test_failures_of_a_day_do_not_add_up(world: World) -> None:
    name, address = new_name(), ipv4(1)
    for _ in range(48):
        await pass_time(world.database, HOUR / 2)
        assert await world.attempt(name, address) == 0
    assert await world.attempt(new_name(), address) == 0


async def test_registrations(world: World) -> None:
    async def registered(address: str) -> int:
        for count in range(1000):
            try:
                await charge(registration_charges(networks_of(address)))
            except Problem:
                return count
        return 1000

    assert await registered("198.51.100.1") == 200
    await pass_time(world.database, HOUR)
    assert await registered("198.51.100.1") == 20
    assert await registered("2001:db8:1:100::1") == 200
    assert [await registered(f"2001:db8:1:{number}00::1") for number in range(1, 6)] == [0, 200, 200, 200, 0]


async def test_an_old_password(world: World) -> None:
    charges = old_password_charges(-1)
    for _ in range(10):
        await charge(charges)
    with pytest.raises(Problem) as refused:
        await charge(charges)
    assert 0 < int(refused.value.headers["Retry-After"]) <= 360
    await pass_time(world.database, 360)
    # The right one empties it.
    await charge(charges)
    await take_out(charges)
    for _ in range(10):
        await charge(charges)
