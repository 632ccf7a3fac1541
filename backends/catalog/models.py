"""Tables of the catalogue. Sums of money are whole fen (1/100 CNY)."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    String,
    Text,
)

from backends.db import Base

PROMOTION_KINDS = ("percent", "amount", "gift", "free_shipping")


class Category(Base):
    """A kind of goods. ``synonyms`` is ``{"zh": [...], "en": [...]}``."""

    __tablename__ = "categories"

    id = Column(String(40), primary_key=True)
    position = Column(Integer, nullable=False)
    name_zh = Column(String(80), nullable=False)
    name_en = Column(String(80), nullable=False)
    synonyms = Column(JSON, nullable=False)


class Brand(Base):
    """An invented brand. ``synonyms`` is a list of other spellings."""

    __tablename__ = "brands"

    id = Column(String(40), primary_key=True)
    name_zh = Column(String(80), nullable=False)
    name_en = Column(String(80), nullable=False)
    synonyms = Column(JSON, nullable=False)


class Product(Base):
    """A product in both languages.

    Attributes:
        price_fen: price of the cheapest variant.
        list_price_fen: price before a reduction of ``price_fen``, or NULL.
        attributes: ``[{"key", "label": {"zh", "en"}, "value": {"zh", "en"}}]``.
        size_guide: ``[{"size", "zh", "en"}]`` or NULL.
        goes_with: ids of products that the shop shows beside it.
        popularity: 0 to 1, the shop's own guess, used where there is no history.
    """

    __tablename__ = "products"

    id = Column(String(20), primary_key=True)
    category_id = Column(ForeignKey("categories.id"), nullable=False, index=True)
    brand_id = Column(ForeignKey("brands.id"), nullable=False, index=True)
    name_zh = Column(String(120), nullable=False)
    name_en = Column(String(120), nullable=False)
    synonyms = Column(JSON, nullable=False)
    summary_zh = Column(String(300), nullable=False)
    summary_en = Column(String(300), nullable=False)
    description_zh = Column(Text, nullable=False)
    description_en = Column(Text, nullable=False)
    price_fen = Column(Integer, nullable=False)
    list_price_fen = Column(Integer)
    attributes = Column(JSON, nullable=False)
    size_guide = Column(JSON)
    goes_with = Column(JSON, nullable=False)
    released = Column(Date, nullable=False)
    popularity = Column(Float, nullable=False)


class Variant(Base):
    """What can be bought: a product in one choice of its options.

    ``options`` is ``[{"key", "value", "label": {"zh", "en"}, "value_label": {"zh", "en"}}]``.
    """

    __tablename__ = "variants"
    __table_args__ = (CheckConstraint("stock >= 0", name="stock"),)

    sku = Column(String(40), primary_key=True)
    product_id = Column(ForeignKey("products.id"), nullable=False, index=True)
    position = Column(Integer, nullable=False)
    options = Column(JSON, nullable=False)
    price_fen = Column(Integer, nullable=False)
    stock = Column(Integer, nullable=False)


class Review(Base):
    """What a customer said about a product, kept in both languages."""

    __tablename__ = "reviews"
    __table_args__ = (CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),)

    id = Column(Integer, primary_key=True)
    product_id = Column(ForeignKey("products.id"), nullable=False, index=True)
    rating = Column(Integer, nullable=False)
    text_zh = Column(String(500), nullable=False)
    text_en = Column(String(500), nullable=False)
    written = Column(Date, nullable=False)


class Promotion(Base):
    """A sale or a coupon.

    Attributes:
        value: per cent for ``percent``, CNY for ``amount``, NULL otherwise.
        scope: ``{"all": true}``, or lists under ``categories``, ``brands`` and ``products``.
        starts, ends: first and last day it holds.
        code: what the customer types at the till, NULL when it holds by itself.
        minimum_fen: least order total, or NULL.
    """

    __tablename__ = "promotions"

    id = Column(String(40), primary_key=True)
    position = Column(Integer, nullable=False)
    title_zh = Column(String(200), nullable=False)
    title_en = Column(String(200), nullable=False)
    kind = Column(String(20), nullable=False)
    value = Column(Float)
    scope = Column(JSON, nullable=False)
    starts = Column(Date, nullable=False)
    ends = Column(Date, nullable=False)
    code = Column(String(40), unique=True)
    minimum_fen = Column(Integer)


class CatalogVersion(Base):
    """One row that changes whenever products do, so that a search index knows it is old."""

    __tablename__ = "catalog_version"

    id = Column(Integer, primary_key=True)
    version = Column(String(64), nullable=False)
