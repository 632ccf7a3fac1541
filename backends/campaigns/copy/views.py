"""From rows to answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backends.campaigns.copy.material.channels import Channel
from backends.campaigns.copy.models import APPROVED, CopyBrief, CopyVariant
from backends.campaigns.copy.schemas import CopyBriefView, CopyGroundView, CopyVariantView


def variant_view(
    variant: CopyVariant,
    brief: str,
    channels: Mapping[str, Channel],
    changes: Mapping[str, str],
) -> CopyVariantView:
    """A variant; ``changes`` as `backends.campaigns.copy.snapshot.changes` gives them."""
    channel = channels.get(variant.channel)
    unusable = changes.get(variant.reference)
    return CopyVariantView(
        reference=variant.reference,
        brief=brief,
        text=variant.text,
        length=channel.length(variant.text) if channel else len(variant.text),
        most=channel.most if channel else None,
        unit=channel.unit if channel else None,
        language=variant.language,
        channel=variant.channel,
        product=variant.product,
        writer=variant.writer,
        template=variant.template,
        edited=variant.original is not None,
        grounding=[CopyGroundView(**ground) for ground in variant.grounding],
        state=variant.state,
        reason=variant.reason,
        decided_at=variant.decided_at,
        offer_until=variant.offer_until,
        unusable="not_approved" if variant.state != APPROVED else unusable,
    )


def brief_view(
    row: CopyBrief,
    variants: Sequence[CopyVariant],
    channels: Mapping[str, Channel],
    changes: Mapping[str, str],
) -> CopyBriefView:
    """A brief with its variants."""
    return CopyBriefView(
        reference=row.reference,
        state=row.state,
        asked=row.asked,
        products=row.products,
        notes=row.notes,
        created_at=row.created_at,
        variants=[
            variant_view(variant, row.reference, channels, changes)
            for variant in variants
            if variant.brief_id == row.id
        ],
    )
