"""Queries and answers of the segments' endpoints."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, confloat, conint, conlist, constr

from backends.customers.profiles.schemas import Label, Share
from backends.customers.schemas import CUSTOMER_PATTERN
from backends.http import Inbound, Wire


class SegmentView(Wire):
    """A segment and how many customers are in it."""

    name: str
    label: Label
    size: int


class SegmentList(Wire):
    """All segments; ``as_of`` says when the profiles were made, null before the first time."""

    as_of: datetime | None
    items: list[SegmentView]


class SegmentQuery(Inbound):
    """Which part of a segment."""

    limit: conint(ge=1, le=1000) = Field(100)  # type: ignore[valid-type]
    offset: conint(ge=0, le=10_000_000) = Field(0)  # type: ignore[valid-type]


class SegmentMembers(Wire):
    """Customers of a segment by id."""

    name: str
    label: Label
    as_of: datetime | None
    total: int
    customers: list[str]


class SimilarRequest(Inbound):
    """Some customers to find others like them."""

    customers: conlist(  # type: ignore[valid-type]
        constr(regex=CUSTOMER_PATTERN), min_items=1, max_items=200, unique_items=True
    )
    limit: conint(ge=1, le=200) = Field(20)  # type: ignore[valid-type]


class SharedView(Wire):
    """Something in common: a feature, ``what_they_buy`` or ``what_they_write``."""

    feature: str
    share: Share  # type: ignore[valid-type]
    value: float | None


class SimilarCustomer(Wire):
    """A customer, how alike (the cosine), and what they have most in common with the others."""

    customer_id: str
    similarity: confloat(ge=0, le=1)  # type: ignore[valid-type]
    shared: list[SharedView]


class SimilarList(Wire):
    """Customers like those given, the most alike first.

    ``left_out``: those given of whom there is no profile, or whose consent covers none.
    """

    as_of: datetime | None
    left_out: list[str]
    items: list[SimilarCustomer]
