"""Why a plan is refused, one clear sentence each; the console has its own by the same codes."""

from __future__ import annotations

from collections.abc import Mapping

from backends.errors import ApiError

SENTENCES: Mapping[str, str] = {
    "audience": "A segment needs its name, the likeliest for a product the product and a limit, and "
    "everybody nothing else.",
    "unknown_segment": "There is no segment of this name: see GET /v1/segments.",
    "unknown_product": "There is no such product.",
    "empty_audience": "Nobody is in this audience: choose another, or reckon the profiles anew.",
    "no_copy": "Choose at least one approved copy variant.",
    "copy_not_approved": "A chosen copy variant is not approved, or has expired.",
    "copy_expires": "A chosen copy variant expires before the outreach begins.",
    "copy_too_long": "A chosen copy variant, with the line that tells how to unsubscribe, is longer "
    "than its channel takes.",
    "unknown_experiment": "There is no running experiment of this reference.",
    "arms": "The arms of the experiment must be named by the chosen copy variants.",
    "in_the_past": "The outreach would begin in the past.",
    "end_before_start": "The outreach would end before it begins.",
    "too_long": "An outreach lasts 30 days at most.",
    "not_a_draft": "Only a draft can be planned.",
    "ended": "This outreach has ended already.",
}


def refused(reason: str) -> ApiError:
    """409 with a reason of `SENTENCES`."""
    return ApiError(409, "not_allowed", SENTENCES[reason], reason=reason)
