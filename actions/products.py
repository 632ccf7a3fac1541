"""What is asked of one product: details, price, stock, sizes, reviews."""

from actions import formatting
from actions.behaviour import tell_view
from actions.clients.catalog_models import ProductDetail, Variant
from actions.product_action import ProductAction
from actions.product_lines import price_text, stock_text
from actions.turn import Button, Turn
from actions.variants import matching, offered, options_of, variant_name, wanted_options

_MOST = 5


class ActionProductDetails(ProductAction):
    """Describes a product."""

    action_name = "action_product_details"
    intent = "product_details"

    async def answer(self, turn: Turn, product: ProductDetail) -> None:
        """Give price, description, facts, options, offers and rating."""
        tell_view(turn, product.id)
        facts = [
            turn.text("utter_attribute_line", label=fact.label, value=fact.value)
            for fact in product.attributes[:_MOST]
        ]
        options = offered(product)
        if options:
            facts.append(turn.text("utter_options_line", options=options))
        facts += [
            turn.text("utter_offer_line", title=offer.title) for offer in product.promotions[:2]
        ]
        if product.reviews and product.reviews.count and product.reviews.average is not None:
            facts.append(_rating_line(turn, product))
        turn.say(
            "utter_product_details",
            self._buttons(turn, product),
            name=product.name,
            price=price_text(turn, product),
            stock=stock_text(turn, product.in_stock),
            description=product.description or product.summary,
            facts=turn.below(*facts),
        )

    def _buttons(self, turn: Turn, product: ProductDetail) -> list[Button]:
        buttons = [turn.button(turn.text("utter_button_stock"), "check_stock", sku=product.id)]
        if product.size_guide:
            buttons.append(turn.button(turn.text("utter_button_sizes"), "ask_size", sku=product.id))
        if product.reviews and product.reviews.count:
            title = turn.text("utter_button_reviews")
            buttons.append(turn.button(title, "ask_reviews", sku=product.id))
        return buttons


class ActionProductPrice(ProductAction):
    """Says what a product costs, in the colour and size asked for."""

    action_name = "action_product_price"
    intent = "ask_price"

    async def answer(self, turn: Turn, product: ProductDetail) -> None:
        """Give one price, or one for each price that variants have."""
        variants = _chosen(turn, product)
        if variants is None:
            return
        prices = sorted({variant.price for variant in variants})
        offers = [
            turn.text("utter_offer_line", title=offer.title) for offer in product.promotions[:2]
        ]
        if len(prices) > 1:
            price = turn.text(
                "utter_price_range",
                lowest=formatting.amount(prices[0]),
                highest=formatting.amount(prices[-1]),
            )
        elif prices and prices[0] != product.price:
            price = turn.text("utter_price_plain", price=formatting.amount(prices[0]))
        else:
            price = price_text(turn, product)
        lines = [self._line(turn, variant) for variant in variants] if len(prices) > 1 else []
        turn.say(
            "utter_product_price",
            name=product.name,
            price=price,
            lines=turn.below(*_shortened(turn, lines), *offers),
        )

    def _line(self, turn: Turn, variant: Variant) -> str:
        price = turn.text("utter_price_plain", price=formatting.amount(variant.price))
        return turn.text("utter_attribute_line", label=variant_name(variant), value=price)


class ActionProductStock(ProductAction):
    """Says whether a product is there, in the colour and size asked for."""

    action_name = "action_product_stock"
    intent = "check_stock"

    async def answer(self, turn: Turn, product: ProductDetail) -> None:
        """Name the variants in stock, or offer others."""
        variants = _chosen(turn, product)
        if variants is None:
            return
        available = [variant for variant in variants if variant.stock > 0]
        if not available:
            in_stock = product.in_stock and len(variants) < len(product.variants)
            turn.say(
                "utter_variant_sold_out" if in_stock else "utter_product_sold_out",
                [turn.button(turn.text("utter_button_similar"), "recommend_product")],
                name=product.name,
                wanted=variant_name(variants[0]) if variants else "",
            )
            return
        lines = [
            turn.text("utter_variant_stock_line", variant=variant_name(each), count=each.stock)
            for each in available
            if each.options
        ]
        turn.say(
            "utter_product_in_stock",
            name=product.name,
            lines=turn.below(*_shortened(turn, lines)),
        )


class ActionProductSizes(ProductAction):
    """Explains a product's sizes."""

    action_name = "action_product_sizes"
    intent = "ask_size"

    async def answer(self, turn: Turn, product: ProductDetail) -> None:
        """Give the size guide, else the sizes there are."""
        if product.size_guide:
            lines = [
                turn.text("utter_attribute_line", label=row.size, value=row.fits)
                for row in product.size_guide[:10]
            ]
            turn.say("utter_size_guide", name=product.name, lines="\n".join(lines))
            return
        sizes = options_of(product, "size")
        if sizes:
            turn.say("utter_sizes_offered", name=product.name, sizes=" · ".join(sizes))
        else:
            turn.say("utter_no_sizes", name=product.name)


class ActionProductReviews(ProductAction):
    """Says what customers think of a product."""

    action_name = "action_product_reviews"
    intent = "ask_reviews"

    async def answer(self, turn: Turn, product: ProductDetail) -> None:
        """Give the average with its count, and three reviews."""
        reviews = product.reviews
        if not reviews or not reviews.count or reviews.average is None:
            turn.say("utter_no_reviews", name=product.name)
            return
        lines = [
            turn.text("utter_review_line", rating=f"{sample.rating:g}", review=sample.text)
            for sample in reviews.samples[:3]
        ]
        turn.say(
            "utter_reviews",
            name=product.name,
            rating=formatting.rating(reviews.average),
            count=reviews.count,
            lines="\n".join(lines),
        )


def _chosen(turn: Turn, product: ProductDetail) -> list[Variant] | None:
    """Return the variants asked for; says so and returns `None` when that option is not offered."""
    wanted = wanted_options(turn)
    variants = matching(product, wanted)
    if wanted and not variants:
        turn.say("utter_option_not_offered", name=product.name, options=offered(product))
        return None
    return variants


def _shortened(turn: Turn, lines: list[str]) -> list[str]:
    """Return the lines of the variants, those beyond the most that are shown as a number."""
    if len(lines) <= _MOST + 1:
        return lines
    return [*lines[:_MOST], turn.text("utter_more_variants_line", count=len(lines) - _MOST)]


def _rating_line(turn: Turn, product: ProductDetail) -> str:
    assert product.reviews is not None
    return turn.text(
        "utter_rating_line",
        rating=formatting.rating(product.reviews.average or 0.0),
        count=product.reviews.count,
    )
