"""All tables of the shop, imported so that the migrations see them."""

import backends.catalog.models
import backends.customers.models
import backends.customers.profiles.models
import backends.idempotency
import backends.orders.models
import backends.recommendations.models
import backends.review.models
import backends.seed.models  # noqa: F401
from backends.db import Base

__all__ = ["Base"]
