"""Two tables as companies have them, to try `nonlin choose` on.

    python examples/make_tables.py folder
    nonlin choose folder/orders.csv --target returned
    nonlin choose folder/trips.parquet --target minutes

orders.csv: 50,000 orders with text, dates, gaps, ids, money as text, a constant column, and 8 % of
them returned. trips.parquet: 1,000,000 taxi trips, whose minutes depend on distance, hour and
rain, with a heavy tail. Everything is made up; the same seed makes the same tables.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl

ORDERS, TRIPS = 50_000, 1_000_000
COUNTRIES = ("Germany", "France", "中国", "United States", "Brasil", "日本")
GROUPS = ("shoes", "shirts", "trousers", "jackets", "bags", "hats")


def orders(rows: int = ORDERS, seed: int = 0) -> pl.DataFrame:
    """Shoes, late deliveries and new customers come back more often."""
    random = np.random.default_rng(seed)
    group = random.choice(len(GROUPS), rows, p=(0.3, 0.25, 0.2, 0.1, 0.1, 0.05))
    price = np.round(np.exp(random.normal(3.6, 0.6, rows)), 2)
    days = random.poisson(3, rows) + random.binomial(1, 0.05, rows) * 12
    orders_before = random.geometric(0.3, rows) - 1
    ordered = np.datetime64("2024-01-01") + random.integers(0, 365, rows)
    rating = np.where(random.random(rows) < 0.35, np.nan, random.integers(1, 6, rows))
    score = (
        -2.7 + 1.1 * (group == 0) + 0.12 * np.maximum(days - 3, 0) - 0.25 * orders_before
        + 0.5 * (price > 80) * (group == 3) - 0.45 * (np.nan_to_num(rating, nan=3.0) - 3)
    )  # fmt: skip
    returned = random.random(rows) < 1 / (1 + np.exp(-score))
    return pl.DataFrame(
        {
            "order_id": np.arange(1_000_001, 1_000_001 + rows),
            "customer": [f"C{number:06d}" for number in random.integers(0, rows // 2, rows)],
            "country": random.choice(COUNTRIES, rows, p=(0.4, 0.2, 0.15, 0.15, 0.07, 0.03)),
            "group": np.array(GROUPS)[group],
            "price": [f"€{value:,.2f}" for value in price],
            "ordered": ordered,
            "delivery_days": days,
            "orders_before": orders_before,
            "rating": pl.Series(rating, nan_to_null=True),
            "express": random.choice(["yes", "no", None], rows, p=(0.2, 0.7, 0.1)),
            "currency": ["EUR"] * rows,
            "returned": np.where(returned, "yes", "no"),
        }
    )


def trips(rows: int = TRIPS, seed: int = 0) -> pl.DataFrame:
    """Minutes grow with the distance, faster in the rush hour and in the rain."""
    random = np.random.default_rng(seed)
    distance = random.gamma(2.0, 2.2, rows)
    hour = random.integers(0, 24, rows)
    rush = np.isin(hour, (7, 8, 9, 16, 17, 18))
    rain = random.random(rows) < 0.2
    passengers = random.integers(1, 5, rows)
    pace = 2.4 + 1.6 * rush + 0.8 * rain + 0.6 * (rush & rain)
    minutes = 3 + distance * pace * np.exp(random.normal(0, 0.25, rows))
    started = np.datetime64("2023-01-01") + random.integers(0, 730, rows)
    weather = np.where(rain, "rain", np.where(random.random(rows) < 0.5, "sun", "cloud"))
    return pl.DataFrame(
        {
            "started": started,
            "hour": hour,
            "distance_km": np.where(random.random(rows) < 0.01, np.nan, distance.round(3)),
            "passengers": passengers,
            "weather": weather,
            "zone": random.integers(0, 40, rows).astype(str),
            "tip": random.exponential(1.0, rows).round(2),
            "minutes": minutes.round(1),
        }
    )


def main() -> None:
    """Write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    orders().write_csv(folder / "orders.csv")
    trips().write_parquet(folder / "trips.parquet")


if __name__ == "__main__":
    main()
