"""The tables of what customers did with products and how they rated them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, String

from backends.db import Base, UtcDateTime

KINDS = ("view", "click", "cart", "purchase")


class Interaction(Base):
    """A customer viewed, clicked, put into the cart or bought a product.

    The customer is known by ``customer_id``, or else only as a sender on a channel. ``basket`` is
    the same for things bought together (an order number), NULL for anything else. Products are
    named by id alone: the service keeps its history when the catalogue drops a product.
    """

    __tablename__ = "interactions"
    __table_args__ = (
        CheckConstraint("kind IN ('cart', 'click', 'purchase', 'view')", name="kind"),
        Index(None, "channel", "sender"),
    )

    id = Column(Integer, primary_key=True)
    kind = Column(String(10), nullable=False)
    product_id = Column(String(20), nullable=False, index=True)
    customer_id = Column(String(20), index=True)
    channel = Column(String(32))
    sender = Column(String(255))
    basket = Column(String(40), index=True)
    at = Column(UtcDateTime, nullable=False, index=True)


class Rating(Base):
    """How many stars a customer gives a product; the latest of one customer counts.

    The customer is known as in `Interaction`.
    """

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        Index(None, "channel", "sender"),
    )

    id = Column(Integer, primary_key=True)
    product_id = Column(String(20), nullable=False, index=True)
    stars = Column(Integer, nullable=False)
    customer_id = Column(String(20), index=True)
    channel = Column(String(32))
    sender = Column(String(255))
    at = Column(UtcDateTime, nullable=False)
