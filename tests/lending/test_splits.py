"""Splits by largest remainder lose nothing, however often."""

from random import Random

from lending.money import split

SPLITS = 1_000_000


def test_a_million_random_splits_lose_nothing() -> None:
    random = Random(560)
    for _ in range(SPLITS):
        weights = [random.randrange(1_000) for _ in range(random.randrange(1, 4))]
        weights[0] += 1
        amount = random.randrange(10_000_000)

        parts = split(amount, weights)

        assert sum(parts) == amount
