"""Live values: the newest wins, watchers may miss those between."""

import asyncio
from contextlib import aclosing

from edge.board import Board
from edge.clock import system_clock


async def test_a_slow_watcher_sees_the_newest_value_of_each_key() -> None:
    board = Board(system_clock())
    board.put("scale/1", 5)
    async with aclosing(board.watch("scale/")) as values:
        assert (await anext(values)).value == 5
        for weight in range(100):
            board.put("scale/1", weight)
        board.put("printer/1", "other")
        assert (await asyncio.wait_for(anext(values), 1)).value == 99


async def test_the_board_keeps_the_last_value_and_its_age() -> None:
    board = Board(system_clock())
    board.put("scale/1", 1)
    live = board.get("scale/1")
    assert live is not None
    assert 0 <= board.age(live) < 5
    assert board.get("nothing") is None
    assert [value.key for value in board.under("scale")] == ["scale/1"]
