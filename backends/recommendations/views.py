"""From what is recommended to what programs read."""

from __future__ import annotations

from backends.catalog import views
from backends.catalog.schemas import Language
from backends.recommendations.reasons import Why
from backends.recommendations.schemas import (
    Reason,
    Recommendation,
    RecommendationList,
    Understood,
)
from backends.recommendations.service import Recommended


def recommended(chosen: Recommended, language: Language) -> RecommendationList:
    """A list with names in one language."""
    wanted = chosen.wanted
    return RecommendationList(
        items=[
            Recommendation(
                **views.summary(item, language, chosen.stock).dict(), reason=reason(why, language)
            )
            for item, why in chosen.items
        ],
        interpreted=Understood(
            brand=wanted.brand,
            category=wanted.category,
            price_min=wanted.price_min,
            price_max=wanted.price_max,
        ),
        relaxed=list(chosen.relaxed),
    )


def reason(why: Why, language: Language) -> Reason:
    """A reason with names in one language."""
    params = dict(why.params)
    if why.product is not None:
        params["product"] = why.product.names[language]
    if why.category is not None:
        params["category"] = why.category.category.names[language]
    return Reason(code=why.code, params=params)
