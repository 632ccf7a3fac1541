"""Products in short: a line each, and the buttons below a list."""

from collections.abc import Sequence

from actions import formatting
from actions.clients.catalog_models import ProductSummary
from actions.turn import Button, Turn

#: How many products a message shows; with the button for more they stay within five buttons.
PAGE = 4


def product_line(turn: Turn, product: ProductSummary, index: int) -> str:
    """Return a numbered line with name, price and whether there is stock."""
    return turn.text(
        "utter_product_line",
        index=index,
        name=product.name,
        price=price_text(turn, product),
        stock=stock_text(turn, product.in_stock),
    )


def product_lines(turn: Turn, products: Sequence[ProductSummary]) -> str:
    """Return a line for each product, numbered from 1."""
    return "\n".join(product_line(turn, each, i) for i, each in enumerate(products, 1))


def price_text(turn: Turn, product: ProductSummary) -> str:
    """Return the price, with the list price when that is higher."""
    price = formatting.amount(product.price)
    if product.list_price and product.list_price > product.price:
        before = formatting.amount(product.list_price)
        return turn.text("utter_price_reduced", price=price, list_price=before)
    return turn.text("utter_price_plain", price=price)


def stock_text(turn: Turn, in_stock: bool) -> str:
    """Return the label for in stock or sold out."""
    return turn.text("utter_stock_in" if in_stock else "utter_stock_out")


def product_buttons(
    turn: Turn, products: Sequence[ProductSummary], intent: str, more: bool = False
) -> list[Button]:
    """Return a button a product that says `intent` of it, and one for more if there are."""
    buttons = [turn.button(each.name, intent, sku=each.id) for each in products]
    if more:
        buttons.append(turn.button(turn.text("utter_button_more"), "more_options"))
    return buttons


def shown(products: Sequence[ProductSummary]) -> list[str]:
    """Return the ids, for the slot `shown_products`."""
    return [each.id for each in products]
