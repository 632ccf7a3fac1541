"""All clients of one event loop."""

import asyncio
from weakref import WeakKeyDictionary

from actions.clients.catalog import CatalogClient
from actions.clients.customers import CustomersClient
from actions.clients.feedback import FeedbackClient
from actions.clients.handoff import HandoffClient
from actions.clients.knowledge import KnowledgeClient
from actions.clients.orders import OrdersClient
from actions.clients.outreach import OutreachClient
from actions.clients.recommendations import RecommendationsClient
from actions.clients.review import ReviewClient
from actions.clients.settings import Settings


class Backends:
    """One client a backend, each with its own circuit."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.catalog = CatalogClient("catalog", settings.catalog_url, settings)
        self.orders = OrdersClient("orders", settings.orders_url, settings)
        self.recommendations = RecommendationsClient(
            "recommendations", settings.recommendations_url, settings
        )
        self.knowledge = KnowledgeClient("knowledge", settings.knowledge_url, settings)
        self.review = ReviewClient("review", settings.review_url, settings)
        self.customers = CustomersClient("customers", settings.customers_url, settings)
        self.handoff = HandoffClient("handoff", settings.handoff_url, settings)
        self.feedback = FeedbackClient("feedback", settings.feedback_url, settings)
        self.outreach = OutreachClient("outreach", settings.outreach_url, settings)
        self.trusted_channels = settings.trusted_channels


_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Backends] = WeakKeyDictionary()


def backends() -> Backends:
    """Return the running loop's clients, made at the first call (connections belong to a loop)."""
    loop = asyncio.get_running_loop()
    if loop not in _by_loop:
        _by_loop[loop] = Backends(Settings())
    return _by_loop[loop]
