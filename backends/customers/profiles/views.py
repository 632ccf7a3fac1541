"""Profiles as they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from backends.customers.profiles.evidence import Evidence
from backends.customers.profiles.judging import Judged
from backends.customers.profiles.schemas import EvidenceView, Label, ProfileView, TagView
from backends.customers.profiles.service import Profile

#: Pieces of evidence shown for a tag.
SHOWN = 6
_DIGITS = 4


def profile_view(customer: str, profile: Profile) -> ProfileView:
    """Return a profile as the endpoint answers it."""
    one = profile.reckoned
    return ProfileView(
        customer_id=customer,
        covered=profile.covered,
        reads_messages=profile.reads_messages,
        known=profile.known,
        source=one.source if one else None,
        tags=[_tag(judged, one.names) for judged in one.tags] if one else [],
    )


def _tag(judged: Judged, names: Mapping[str, Mapping[str, str]]) -> TagView:
    shown = judged.evidence[:SHOWN]
    rest = sum(each.share for each in judged.evidence[SHOWN:])
    return TagView(
        group=judged.group,
        tag=judged.tag.id,
        label=Label(zh=judged.tag.zh, en=judged.tag.en),
        probability=round(judged.probability, _DIGITS),
        evidence=[_evidence(each, names) for each in shown],
        rest=round(min(rest, 1.0), _DIGITS),
    )


def _evidence(each: Evidence, names: Mapping[str, Mapping[str, str]]) -> EvidenceView:
    piece = each.piece
    label = names.get(piece.name) if piece.kind == "purchase" else None
    text = piece.value if isinstance(piece.value, str) else None
    return EvidenceView(
        kind=piece.kind,
        name=piece.name,
        value=None if isinstance(piece.value, str) else round(float(piece.value), _DIGITS),
        text=text,
        label=Label(**label) if label else None,
        effect="for" if each.effect > 0 else "against",
        share=round(each.share, _DIGITS),
        without=round(each.without, _DIGITS),
    )
