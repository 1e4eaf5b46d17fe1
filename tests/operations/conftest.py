"""Fixtures of the tests of what an operator asks: deployments on the real broker, as the stream's tests have them."""

from tests.stream.conftest import deploy

__all__ = ["deploy"]
