"""How a pretend device stops listening."""

import asyncio


async def shut(server: asyncio.Server) -> None:
    """Stop listening. Whoever was just being let in becomes a connection first, which can then be hung up on.

    `Server.close` alone drops a connection accepted in the turn before: its socket stays open, and nobody holds it.
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())
    for _ in range(2):
        await asyncio.sleep(0)
    server.close()
