"""A pretend device that stops while somebody is being let in leaves no connection that nobody holds."""

import asyncio
import socket

import pytest

from edge.sim.listening import shut


@pytest.mark.parametrize("turns", range(6))
async def test_whoever_is_let_in_while_it_stops_is_a_connection_that_can_be_hung_up_on(turns: int) -> None:
    """The guards of every test see to the rest: no socket is left open."""
    let_in: list[asyncio.StreamWriter] = []

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        let_in.append(writer)

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    client = socket.create_connection(server.sockets[0].getsockname(), 5)
    for _ in range(turns):
        await asyncio.sleep(0)
    await shut(server)
    for _ in range(4):
        await asyncio.sleep(0)
    for writer in let_in:
        writer.transport.abort()
    await asyncio.sleep(0)
    client.close()
