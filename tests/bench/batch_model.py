"""What a batch of tests/bench/plugins/batch_cost.cpp costs, and what a perfect host would make of
it: one that takes no time itself. What is measured is read against that."""

import random
from statistics import median

OF_EACH_CALL_US = 1000.0
OF_EACH_ITEM_US = 50.0
LARGEST = 32


def cost_us(items: int) -> float:
    return OF_EACH_CALL_US + OF_EACH_ITEM_US * items


def capacity(items: int) -> float:
    """Requests per second when every batch has so many."""
    return items / (cost_us(items) / 1e6)


def ideal_us(rate: float, requests: int = 20000, seed: int = 1) -> tuple[float, float]:
    """p50 and p99 of a server that takes, as soon as it is free, whatever waits. At low load an arrival often
    finds a batch in the works: the median is above the cost of one for any host."""
    draw = random.Random(seed)
    arrivals: list[float] = []
    now = 0.0
    for _ in range(requests):
        now += draw.expovariate(rate) * 1e6
        arrivals.append(now)
    latencies: list[float] = []
    free_at = 0.0
    first = 0
    while first < requests:
        begin = max(free_at, arrivals[first])
        end = first
        while end < requests and end - first < LARGEST and arrivals[end] <= begin:
            end += 1
        free_at = begin + cost_us(end - first)
        latencies += [free_at - arrivals[one] for one in range(first, end)]
        first = end
    return median(latencies), sorted(latencies)[int(0.99 * requests)]


def grows(means: list[float]) -> bool:
    return all(earlier < later for earlier, later in zip(means, means[1:]))
