"""The feedback service: whether to ask a customer, and what they answered."""

from pydantic import BaseModel

from actions.clients.customer import Customer
from actions.clients.http import BackendClient


class Offer(BaseModel):
    """Whether to ask now, and under which reference the answers are kept."""

    ask: bool
    reference: str | None = None


class Feedback(BaseModel):
    """What is known so far: solved or not, satisfaction 1 to 5, recommendation 0 to 10."""

    solved: bool | None = None
    csat: int | None = None
    nps: int | None = None
    comment: str | None = None


class FeedbackClient(BackendClient):
    """Speaks for one customer a call; raises what `BackendClient.write` does."""

    async def offer(self, customer: Customer, ticket: str | None, language: str, key: str) -> Offer:
        """Return whether this customer is to be asked; nobody is asked twice a day.

        Args:
            customer: Whom.
            ticket: The reference of the hand-over that has ended, if there was one.
            language: zh or en.
            key: The Idempotency-Key.
        """
        body = {"ticket": ticket, "language": language}
        return await self.write(Offer, "/v1/feedback/offers", body, customer, key)

    async def give(self, customer: Customer, reference: str, feedback: Feedback) -> Feedback:
        """Write the answers so far down under an offer's reference; twice changes nothing."""
        body = {"reference": reference, **feedback.dict()}
        return await self.write(Feedback, "/v1/feedback", body, customer)
