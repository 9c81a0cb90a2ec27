"""Reviews of a period by agent and by item: who needs what kind of coaching."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any, NamedTuple

from cases.quality.checklist import CHECKLIST, MET, MISSED
from cases.quality.models import ReviewQuerySet


class AgentLine(NamedTuple):
    """`score` is the mean in whole percent of reviews with a score; `most_missed` the words of the item missed most often."""

    agent: str
    reviews: int
    score: int | None
    contested: int
    most_missed: Any


class ItemLine(NamedTuple):
    words: Any
    met: int
    missed: int


def numbers(reviews: ReviewQuerySet, since: date) -> tuple[list[AgentLine], list[ItemLine]]:
    """Written reviews of contacts picked since that day: agents with the lowest score first, items by how often they are missed."""
    scores: defaultdict[str, list[int]] = defaultdict(list)
    count: Counter[str] = Counter()
    contested: Counter[str] = Counter()
    missed_by: defaultdict[str, Counter[str]] = defaultdict(Counter)
    told: Counter[tuple[str, str]] = Counter()
    rows = reviews.filter(picked_on__gte=since, state="written").values_list(
        "agent__display_name", "agent__username", "score", "agrees", "answers"
    )
    for name, username, score, agrees, answers in rows.iterator():
        agent = name or username
        count[agent] += 1
        contested[agent] += agrees is False
        if score is not None:
            scores[agent].append(score)
        for code, answer in answers.items():
            told[code, answer] += 1
            missed_by[agent][code] += answer == MISSED
    words = {item.code: item.words for item in CHECKLIST}
    lines = [
        AgentLine(agent, number, _mean(scores[agent]), contested[agent], _most(missed_by[agent], words))
        for agent, number in count.items()
    ]
    items = [ItemLine(item.words, told[item.code, MET], told[item.code, MISSED]) for item in CHECKLIST]
    return (
        sorted(lines, key=lambda line: (line.score is None, line.score or 0, line.agent)),
        sorted(items, key=lambda line: -line.missed),
    )


def _mean(scores: list[int]) -> int | None:
    return (2 * sum(scores) + len(scores)) // (2 * len(scores)) if scores else None


def _most(missed: Counter[str], words: dict[str, Any]) -> Any:
    code, number = max(missed.items(), key=lambda pair: pair[1], default=("", 0))
    return words[code] if number else ""
