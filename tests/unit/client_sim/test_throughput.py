"""How fast media went: from counts of bytes and the time between them."""

from client_sim.throughput import FASTEST_KBPS, Throughput


def test_rates_are_of_the_time_since_they_were_last_asked_for() -> None:
    throughput = Throughput()
    throughput.begin((1_000, 0), now=10.0)

    assert throughput.kbps((126_000, 25_000), now=11.0) == (1000, 200)
    assert throughput.kbps((126_000, 50_000), now=13.0) == (0, 100)


def test_nothing_is_said_before_there_is_a_connection_nor_of_no_time() -> None:
    throughput = Throughput()
    assert throughput.kbps((1_000, 1_000), now=1.0) is None

    throughput.begin((0, 0), now=2.0)
    assert throughput.kbps((1_000, 1_000), now=2.0) is None


def test_a_rate_holds_to_what_the_wire_has_room_for() -> None:
    throughput = Throughput()
    throughput.begin((0, 500), now=0.0)

    assert throughput.kbps((10**12, 0), now=1.0) == (FASTEST_KBPS, 0)
