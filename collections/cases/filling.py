"""Even filling: as many cases placed as can be, and nobody's share of capacity higher than it has to be. Pure.

Kinds of like cases flow into groups of like people, whose capacities rise together in small steps from nothing to the whole.
At each step the flow is brought to its maximum by augmenting paths. A path ends in a group with room and takes nothing from
any other, so loads only grow with the level: at the last step the flow is a maximum of the transport problem, and the loads
are the evenest of all maxima, to one step (the loads that a transport can bring about form a polymatroid, for which filling
evenly is best: Fujishige, "Lexicographically optimal base of a polymatroid", 1980).
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence

STEPS = 100
"""A step is a hundredth of each person's capacity."""


class Flow:
    """How many cases of each kind go to each group; `left` of a kind are placed nowhere yet."""

    def __init__(self, supply: Sequence[int], takers: Sequence[Sequence[int]], groups: int) -> None:
        self.left = list(supply)
        self.takers = takers
        self.placed: list[dict[int, int]] = [{} for _ in range(groups)]
        """Per group how many of each kind it was given."""

    def raise_to(self, room: list[int]) -> None:
        """Place as many more as fit into this room of each group."""
        dead: set[int] = set()
        for kind in range(len(self.left)):
            for group in self.takers[kind]:
                if self.left[kind] and room[group] > 0:
                    self._push(kind, group, min(self.left[kind], room[group]), room)
        for kind in range(len(self.left)):
            while self.left[kind] and kind not in dead:
                path = self._path(kind, room, dead)
                if path:
                    self._augment(path, room)

    def _push(self, kind: int, group: int, number: int, room: list[int]) -> None:
        self.left[kind] -= number
        room[group] -= number
        self.placed[group][kind] = self.placed[group].get(kind, 0) + number

    def _path(self, start: int, room: list[int], dead: set[int]) -> list[int]:
        """Kind, group, kind, …, group with room: each group gives the next kind up for the one before it.

        From kinds of a search that failed no room can be reached at this level, so no later search looks there.
        """
        came: dict[int, tuple[int, int]] = {}
        seen, queue = {start}, deque([start])
        groups_seen: set[int] = set()
        while queue:
            kind = queue.popleft()
            for group in self.takers[kind]:
                if group in groups_seen:
                    continue
                groups_seen.add(group)
                if room[group] > 0:
                    path = [group, kind]
                    while kind != start:
                        before, through = came[kind]
                        path += [through, before]
                        kind = before
                    return path[::-1]
                for other, number in self.placed[group].items():
                    if number and other not in seen and other not in dead:
                        seen.add(other)
                        came[other] = (kind, group)
                        queue.append(other)
        dead |= seen
        return []

    def _augment(self, path: list[int], room: list[int]) -> None:
        start, last = path[0], path[-1]
        given_up = list(zip(path[2::2], path[1::2], strict=False))
        number = min(self.left[start], room[last], *(self.placed[group][kind] for kind, group in given_up))
        self.left[start] -= number
        room[last] -= number
        for kind, group in zip(path[::2], path[1::2], strict=True):
            self.placed[group][kind] = self.placed[group].get(kind, 0) + number
        for kind, group in given_up:
            self.placed[group][kind] -= number


def fill(
    supply: Sequence[int],
    takers: Sequence[Sequence[int]],
    in_hand: Sequence[Mapping[int, int]],
    room_at: Callable[[int, int], int],
) -> Flow:
    """Fill the groups evenly; `room_at(group, step)` is how many more cases one may hold at a step, never less than before.

    `in_hand` says per group how many of each kind it has already. Those stay while the levels rise, and give way only at the
    end, and only to let a case in that has no other place: so a second time nothing moves.
    """
    flow = Flow(supply, takers, len(in_hand))
    held = [0] * len(in_hand)
    for step in range(1, STEPS + 1):
        if not any(flow.left):
            break
        room = [room_at(group, step) - held[group] for group in range(len(in_hand))]
        before = list(room)
        flow.raise_to(room)
        held = [have + had - has for have, had, has in zip(held, before, room, strict=True)]
    for placed, kept in zip(flow.placed, in_hand, strict=True):
        for kind, number in kept.items():
            placed[kind] = placed.get(kind, 0) + number
    if any(flow.left):
        flow.raise_to([room_at(group, STEPS) - held[group] for group in range(len(in_hand))])
    return flow
