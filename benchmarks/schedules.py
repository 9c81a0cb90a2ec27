"""J4, one schedule with its dates: `lending.schedules.build` beside a bare integer loop and beside two packages."""

import json
import random
import subprocess
from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from benchmarks.peers import rate
from lending.schedules import Row, Terms, build

PERIODS = (12, 36, 360)
EXACT = 1_000


def measure(peers_python: str, seconds: float) -> dict[str, dict[str, float]]:
    """Schedules a second for each way and number of periods, over a random thousand of terms that begin on as many days; and
    how many of them are exact.
    """
    drawn = _drawn()
    found: dict[str, dict[str, float]] = {"console": {}, "same_terms": {}, "ready_terms": {}, "loop": {}}
    for n in PERIODS:
        given = [(principal, ppm, n, start) for principal, ppm, _, start in drawn]
        found["console"][str(n)] = rate(by_console, given, seconds)
        found["same_terms"][str(n)] = rate(by_console, given[:1], seconds)
        found["ready_terms"][str(n)] = rate(build, [(terms_of(*each),) for each in given], seconds)
        found["loop"][str(n)] = rate(by_loop, given, seconds)
    found["console"]["exact"] = sum(_is_exact(*each) for each in drawn)
    if peers_python:
        for_peers = [(principal, ppm / 10_000, periods, start.isoformat()) for principal, ppm, periods, start in drawn]
        command = [peers_python, str(Path(__file__).with_name("peers.py")), str(seconds)]
        ran = subprocess.run(command, input=json.dumps(for_peers), capture_output=True, text=True, check=True)
        found |= json.loads(ran.stdout)
    return found


def by_console(principal: int, rate_ppm: int, periods: int, start: date) -> list[Row]:
    """Terms checked, rows built: what every caller of the console does."""
    return list(build(terms_of(principal, rate_ppm, periods, start)))


def terms_of(principal: int, rate_ppm: int, periods: int, start: date) -> Terms:
    return Terms(principal=principal, annual_rate_ppm=rate_ppm, periods=periods, start_on=start)


def by_loop(principal: int, rate_ppm: int, periods: int, start: date) -> list[tuple[date, int, int]]:
    """The limit: equal instalments at a twelfth of the rate a month, half-up, dates by hand, nothing else known."""
    monthly = rate_ppm / 12_000_000
    instalment = round(principal * monthly / (1 - (1 + monthly) ** -periods)) if monthly else principal // periods
    rows, left, year, month = [], principal, start.year, start.month
    for n in range(1, periods + 1):
        month += 1
        if month > 12:
            year, month = year + 1, 1
        interest = (left * rate_ppm * 2 + 12_000_000) // 24_000_000
        part = left if n == periods else instalment - interest
        left -= part
        rows.append((date(year, month, min(start.day, monthrange(year, month)[1])), part, interest))
    return rows


def _drawn() -> list[tuple[int, int, int, date]]:
    draw = random.Random(7)
    return [
        (
            draw.randint(50_000, 50_000_000),
            draw.randrange(10_000, 360_001, 2_500),
            draw.randint(2, 60),
            date(2025, 1, 1) + timedelta(days=draw.randrange(EXACT)),
        )
        for _ in range(EXACT)
    ]


def _is_exact(principal: int, rate_ppm: int, periods: int, start: date) -> bool:
    """Each row against exact fractions: interest half-up on what is left, one instalment but for the last, nothing left over."""
    rows = by_console(principal, rate_ppm, periods, start)
    left, instalment = principal, rows[0].principal + rows[0].interest
    monthly = Fraction(rate_ppm, 12_000_000)
    level = principal * monthly / (1 - (1 + monthly) ** -periods)
    if abs(instalment - level) > Fraction(1, 2):
        return False
    for row in rows:
        if row.interest != int(left * monthly + Fraction(1, 2)):
            return False
        if row.n < periods and row.principal + row.interest != instalment:
            return False
        left -= row.principal
    return left == 0 and len(rows) == periods
