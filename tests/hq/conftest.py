from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hq.broker import EmbeddedBroker
from tests.brokers import Mosquitto


@pytest.fixture(params=["mosquitto", "amqtt"])
async def broker_address(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a real broker, of each kind."""
    broker = Mosquitto(tmp_path) if request.param == "mosquitto" else EmbeddedBroker()
    await broker.start()
    try:
        yield broker.address
    finally:
        if isinstance(broker, Mosquitto):
            broker.kill()
        else:
            await broker.stop()


@pytest.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    broker = Mosquitto(tmp_path)
    await broker.start()
    try:
        yield broker
    finally:
        broker.kill()
