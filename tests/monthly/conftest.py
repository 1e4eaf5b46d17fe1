"""The broker test of the report uses the deployments of the stream tests."""

from tests.stream.conftest import deploy

__all__ = ["deploy"]
