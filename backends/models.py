"""All tables of the shop, imported so that the migrations see them."""

from contextlib import suppress

import backends.idempotency
import backends.orders.models
import backends.seed.models
from backends.db import Base

with suppress(ModuleNotFoundError):
    import backends.catalog.models
with suppress(ModuleNotFoundError):
    import backends.recommendations.models  # noqa: F401

__all__ = ["Base"]
