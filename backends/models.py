"""All tables of the shop, imported so that the migrations see them."""

import backends.campaigns.copy.models
import backends.campaigns.experiments.models
import backends.campaigns.outreach.models
import backends.catalog.models
import backends.customers.models
import backends.customers.profiles.models
import backends.feedback.models
import backends.handoff.models
import backends.handoff.slack.models
import backends.idempotency
import backends.insights.events.models
import backends.insights.measures.models
import backends.orders.models
import backends.recommendations.models
import backends.review.models
import backends.review.queue.models
import backends.seed.models
import backends.staff.models  # noqa: F401
from backends.db import Base

__all__ = ["Base"]
