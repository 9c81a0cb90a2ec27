"""A scorecard on rows that it has not seen, in five folds, beside gradient boosting on the same folds.

    python -m benchmarks.scorecard FILE --target COL [--exclude A,B] [--peers /tmp/peers/bin/python]

Prints AUC, KS and calibration by tenths over the rows kept back of all folds together. A row's fold follows from the SHA-256 of its
`id`. The peer is scikit-learn's HistGradientBoostingClassifier as it comes, given the same columns as numbers.
"""

import argparse
import hashlib
import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from risk.scorecard import measures
from risk.scorecard.building import IDENTIFIER, NEVER, build
from risk.scorecard.tables import columns_of

FOLDS = 5
PEER = """
import json, sys
import numpy
from sklearn.ensemble import HistGradientBoostingClassifier
given = json.load(sys.stdin)
rows, bads, folds = (numpy.array(given[name], dtype=float) for name in ("rows", "bads", "folds"))
found = numpy.zeros(len(bads))
for fold in range(int(folds.max()) + 1):
    model = HistGradientBoostingClassifier(random_state=0).fit(rows[folds != fold], bads[folds != fold])
    found[folds == fold] = model.predict_proba(rows[folds == fold])[:, 1]
json.dump(found.tolist(), sys.stdout)
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scorecard", description="Measure a scorecard.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--target", required=True)
    parser.add_argument("--exclude", default="")
    parser.add_argument("--peers", default="", help="the Python with benchmarks/requirements.txt installed")
    given = parser.parse_args()
    table, exclude = columns_of(given.file), set(filter(None, given.exclude.split(",")))
    bads = [int(each) for each in table[given.target]]
    folds = [int(hashlib.sha256(each.encode()).hexdigest(), 16) % FOLDS for each in table[IDENTIFIER]]
    since = time.process_time()
    ours = _by_card(table, given.target, exclude, folds)
    seconds = (time.process_time() - since) / FOLDS
    print(
        f"{len(bads):,} rows, {sum(bads):,} with the target; a fit and its scores take {seconds:.1f} s of processor time.\n"
    )
    print("| way | AUC | KS |\n|---|---|---|")
    print(_line("**the scorecard**", ours, bads))
    if given.peers:
        inputs = [
            name for name in table if name not in {IDENTIFIER, given.target, *exclude} and not NEVER.fullmatch(name)
        ]
        print(_line("gradient boosting", _by_peer(given.peers, table, inputs, bads, folds), bads))
    print("\n| tenth | foreseen | came | gap in points |\n|---|---|---|---|")
    for place, each in enumerate(measures.tenths(ours, bads), start=1):
        print(f"| {place} | {each.expected:.3f} | {each.actual:.3f} | {100 * (each.actual - each.expected):+.1f} |")


def _by_card(table: dict[str, list[str]], target: str, exclude: set[str], folds: Sequence[int]) -> list[float]:
    found = [0.0] * len(folds)
    for fold in range(FOLDS):
        seen = {
            name: [cell for cell, mine in zip(cells, folds, strict=True) if mine != fold]
            for name, cells in table.items()
        }
        card = build(seen, target=target, exclude=exclude).card
        for row, mine in enumerate(folds):
            if mine == fold:
                found[row] = card.probability(card.score({name: cells[row] for name, cells in table.items()}))
    return found


def _by_peer(
    python: str, table: dict[str, list[str]], inputs: Sequence[str], bads: Sequence[int], folds: Sequence[int]
) -> list[float]:
    rows = [[float(cell) for cell in cells] for cells in zip(*(table[name] for name in inputs), strict=True)]
    asked = json.dumps({"rows": rows, "bads": bads, "folds": folds})
    ran = subprocess.run([python, "-c", PEER], input=asked, capture_output=True, text=True, check=True)
    found: list[float] = json.loads(ran.stdout)
    return found


def _line(words: str, probabilities: Sequence[float], bads: Sequence[int]) -> str:
    return f"| {words} | {measures.auc(probabilities, bads):.4f} | {measures.ks(probabilities, bads):.4f} |"


if __name__ == "__main__":
    main()
