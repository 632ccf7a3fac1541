"""Answers of the profile's endpoint."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, confloat

from backends.http import Wire

Share = confloat(ge=0, le=1)


class Label(Wire):
    """A name in both languages."""

    zh: str
    en: str


class EvidenceView(Wire):
    """A feature, a product bought or a message that speaks for a tag or against it.

    Attributes:
        name: of the feature, or the product's id, or the message's id.
        value: the feature's number, or how often the product was ordered.
        text: the message, masked of personal data.
        label: the product's name.
        share: of all that weighs, either way.
        without: the tag's probability if this were not known.
    """

    kind: Literal["feature", "purchase", "message"]
    name: str
    value: float | None
    text: str | None
    label: Label | None
    effect: Literal["for", "against"]
    share: Share  # type: ignore[valid-type]
    without: Share  # type: ignore[valid-type]


class TagView(Wire):
    """A tag with its probability; ``rest`` is the share of the evidence that is not shown."""

    group: str
    tag: str
    label: Label
    probability: Share  # type: ignore[valid-type]
    evidence: list[EvidenceView]
    rest: Share  # type: ignore[valid-type]


class ProfileView(Wire):
    """What can be said of a customer, from what consent covers alone."""

    customer_id: str
    covered: bool = Field(..., description="Whether consent covers a profile.")
    reads_messages: bool = Field(..., description="Whether consent covers the messages, too.")
    known: bool = Field(..., description="Whether there is any history to judge by.")
    source: Literal["model", "rules"] | None
    tags: list[TagView]
