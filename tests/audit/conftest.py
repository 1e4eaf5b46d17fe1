"""The broker tests of the auditor use the deployments of the stream tests."""

from tests.stream.conftest import deploy

__all__ = ["deploy"]
