"""A field with a reader in front of it."""

from collections.abc import AsyncIterator

import pytest

from edge.sim.field import Field


@pytest.fixture
async def field() -> AsyncIterator[Field]:
    field = Field()
    await field.plug()
    yield field
    await field.unplug()
