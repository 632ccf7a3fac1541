"""The shop with profiles."""

from tests.backends.customers.profiled import profiled_shop  # noqa: F401
