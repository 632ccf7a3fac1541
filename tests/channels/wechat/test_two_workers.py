"""However two workers' steps fall, an answer is read once."""

from __future__ import annotations

import asyncio

import pytest

from tests.channels.wechat.two_workers import World, leaping

GO_ON = "正在为您查询"


def read(seed: int, push: bool, course: str, slowest: float) -> list[str]:
    """Return what the customer has read in the end.

    Args:
        seed: Of all chances.
        push: Whether the account may send messages later; else the customer asks for the answer.
        course: What goes wrong.
        slowest: Seconds that half a step in the store takes at most.
    """
    with leaping() as (loop, patch):

        async def run() -> list[str]:
            world = World(seed, patch, push, slowest, answer=0)
            chance = world.chance
            patience, lost, kill_at = [5.0] * 3, 0, 1e9
            if course == "around the hang-ups":
                world._answer = chance.choice([0.0, 4.5, 5.0, 10.0, 15.0]) + chance.uniform(-2, 1)
            elif course == "hung up":
                patience = [chance.uniform(0, 2), chance.uniform(0, 2), 5.0]
                world._answer = chance.uniform(0, 2)
            elif course == "hung up three times":
                patience = [chance.uniform(0, 2) for _ in range(3)]
                world._answer = chance.uniform(0, 2)
            elif course == "lost":
                lost = chance.choice([1, 2])
                world._answer = chance.uniform(0, 1)
            else:
                kill_at = chance.uniform(0, 6)
                world._answer = chance.uniform(0, 6)
            world._answer = max(0.0, world._answer)
            await world.deliver(world.message(), patience, lost, kill_at)
            await asyncio.sleep(60)
            for again in range(0 if push else 4):
                # Who may not be written to asks for it.
                if "答案:问题" in "".join(world.shown):
                    break
                words = world.message(f"继续{'!' * again}")
                await world.deliver(words, [5.0] * 3, 0, 0.0 if kill_at < 9 else 1e9)
                await asyncio.sleep(30)
            return world.shown

        return loop.run_until_complete(run())


COURSES = ["around the hang-ups", "hung up", "hung up three times", "lost", "killed"]


@pytest.mark.parametrize("push", [True, False])
@pytest.mark.parametrize("course", COURSES)
def test_an_answer_is_read_once(course: str, push: bool) -> None:
    wrong = {}
    for seed in range(45):
        slowest = (0.02, 0.1, 0.3)[seed % 3]
        shown = read(seed, push, course, slowest)
        said = "\n".join(text for text in shown if GO_ON not in text)
        if said.count("答案:问题") != 1:
            wrong[seed] = shown
    assert not wrong
