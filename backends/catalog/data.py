"""The shop's product files (data/shop), read and checked; each mistake is one sentence."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, Extra, Field, ValidationError, confloat, conint, constr, validator

from backends.errors import SetupError

Identifier = constr(regex=r"^[a-z][a-z0-9_]{0,39}$")
ProductId = constr(regex=r"^[A-Z]{2}-[0-9]{4}$")
Price = confloat(gt=0, le=1_000_000)


class ShopDataError(SetupError):
    """The product files cannot be used; ``problems`` holds one sentence for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid
        anystr_strip_whitespace = True


class Words(_Strict):
    """The same words in both languages."""

    zh: constr(min_length=1, max_length=500)  # type: ignore[valid-type]
    en: constr(min_length=1, max_length=500)  # type: ignore[valid-type]


class _Synonyms(_Strict):
    zh: list[str] = []
    en: list[str] = []


class CategoryData(Words):
    """The head of a product file."""

    id: Identifier  # type: ignore[valid-type]
    synonyms: _Synonyms = _Synonyms()


class BrandData(Words):
    """A brand in brands.yml."""

    synonyms: list[str] = []


class OptionValue(Words):
    """The label of an option's value and its part of a SKU."""

    code: constr(regex=r"^[A-Z0-9]{1,8}$")  # type: ignore[valid-type]


class Labels(_Strict):
    """attributes.yml."""

    attributes: dict[str, Words]
    options: dict[str, Words]
    values: dict[str, dict[str, OptionValue]]


class SizeRow(Words):
    """Whom a size fits."""

    size: str


class ProductData(_Strict):
    """A product as the shopkeeper writes it."""

    id: ProductId  # type: ignore[valid-type]
    brand: str
    name: Words
    synonyms: list[str] = []
    summary: Words
    description: Words
    price: Price  # type: ignore[valid-type]
    list_price: Price | None = None  # type: ignore[valid-type]
    attributes: dict[str, Words | str] = {}
    options: dict[str, list[str]] = {}
    option_prices: dict[str, confloat(ge=0, le=1_000_000)] = {}  # type: ignore[valid-type]
    size_guide: list[SizeRow] | None = None
    released: date
    popularity: confloat(ge=0, le=1) = 0.3  # type: ignore[valid-type]
    goes_with: list[str] = []

    @validator("options")
    def _distinct(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        for key, values in value.items():
            if not values:
                raise ValueError(f"option {key} has no values")
            if len(set(values)) < len(values):
                raise ValueError(f"option {key} names a value twice")
        return value

    @validator("list_price")
    def _above(cls, value: float | None, values: dict[str, Any]) -> float | None:
        if value is not None and "price" in values and value <= values["price"]:
            raise ValueError("must be above price, or be left out")
        return value


class ScopeData(_Strict):
    """What a promotion holds for; nothing named means everything."""

    categories: list[str] = []
    brands: list[str] = []
    products: list[str] = []


class PromotionData(_Strict):
    """A sale or a coupon in promotions.yml."""

    id: constr(regex=r"^[a-z0-9][a-z0-9-]{0,39}$")  # type: ignore[valid-type]
    title: Words
    kind: constr(regex="^(percent|amount|gift|free_shipping)$")  # type: ignore[valid-type]
    value: confloat(gt=0) | None = None  # type: ignore[valid-type]
    starts: date
    ends: date
    scope: ScopeData = ScopeData()
    code: constr(regex=r"^[A-Z0-9]{3,40}$") | None = None  # type: ignore[valid-type]
    minimum: confloat(ge=0) | None = None  # type: ignore[valid-type]

    @validator("ends")
    def _after(cls, value: date, values: dict[str, Any]) -> date:
        if "starts" in values and value < values["starts"]:
            raise ValueError("is before starts")
        return value

    @validator("value", always=True)
    def _fits(cls, value: float | None, values: dict[str, Any]) -> float | None:
        kind = values.get("kind")
        if kind in {"percent", "amount"} and value is None:
            raise ValueError(f"is needed for the kind {kind}")
        if kind == "percent" and value is not None and value >= 100:
            raise ValueError("must be below 100 per cent")
        return value


Stars = conint(ge=1, le=5)


@dataclass(frozen=True)
class ShopData:
    """Everything in the folder, checked, in the order of the files.

    Attributes:
        categories, brands: by id.
        products: with the id of their category.
        labels: of attributes and options.
        promotions: sales and coupons.
        reviews: sentences by category id ("any" for all) and stars.
        digest: hash of all files read.
    """

    categories: dict[str, CategoryData]
    brands: dict[str, BrandData]
    products: list[tuple[str, ProductData]]
    labels: Labels
    promotions: list[PromotionData]
    reviews: dict[str, dict[int, list[Words]]]
    digest: str


class _Brands(_Strict):
    brands: dict[Identifier, BrandData]  # type: ignore[valid-type]


class _Promotions(_Strict):
    promotions: list[PromotionData]


class _Reviews(_Strict):
    reviews: dict[str, dict[Stars, list[Words]]]  # type: ignore[valid-type]


class _Head(_Strict):
    category: CategoryData
    products: list[dict[str, Any]] = Field(..., min_items=1)


def read_shop(folder: Path) -> ShopData:
    """Read brands.yml, attributes.yml, products/*.yml and, where there are any, promotions.yml and
    reviews.yml.

    Raises:
        ShopDataError: a file is missing or anything in it is wrong; all mistakes are named.
    """
    return _Reader(folder).read()


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self.digest = hashlib.sha256()

    def read(self) -> ShopData:
        brands = self._file("brands.yml", _Brands)
        labels = self._file("attributes.yml", Labels)
        promotions = self._file("promotions.yml", _Promotions, needed=False)
        reviews = self._file("reviews.yml", _Reviews, needed=False)
        categories: dict[str, CategoryData] = {}
        products: list[tuple[str, str, ProductData]] = []
        files = sorted((self.folder / "products").glob("*.yml"))
        if not files:
            self.problems.append(f"{self.folder / 'products'} holds no product file (*.yml).")
        for path in files:
            head = self._file(f"products/{path.name}", _Head)
            if head is None:
                continue
            if head.category.id in categories:
                self._say(path.name, f"category {head.category.id} has a file already")
            categories[head.category.id] = head.category
            for at, raw in enumerate(head.products):
                if product := self._product(path.name, at, raw):
                    products.append((path.name, head.category.id, product))
        if brands and labels:
            self._check_products(brands, labels, products)
        ids = {product.id for _, _, product in products}
        shown = promotions.promotions if promotions else []
        self._check_promotions(shown, set(categories), set(brands.brands if brands else ()), ids)
        sentences = reviews.reviews if reviews else {}
        for name in sentences:
            if name != "any" and name not in categories:
                self._say("reviews.yml", f"there is no category {name}")
        if self.problems:
            raise ShopDataError(self.problems)
        assert brands is not None
        assert labels is not None
        return ShopData(
            categories=categories,
            brands=brands.brands,
            products=[(category, product) for _, category, product in products],
            labels=labels,
            promotions=shown,
            reviews=sentences,
            digest=self.digest.hexdigest(),
        )

    def _say(self, file: str, mistake: str, product: str | None = None) -> None:
        place = f"{file}, product {product}" if product else file
        self.problems.append(f"{place}: {mistake.rstrip('.')}.")

    def _file(self, name: str, model: type[Any], needed: bool = True) -> Any:
        path = self.folder / name
        shown = path.name
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            if needed:
                self.problems.append(f"{path} is missing.")
            return None
        except OSError as error:
            self.problems.append(f"{path} cannot be read ({error.strerror}).")
            return None
        self.digest.update(name.encode() + b"\0" + content)
        try:
            data = yaml.load(content.decode("utf-8"), _UniqueKeys)  # noqa: S506 (a SafeLoader)
        except UnicodeDecodeError:
            self._say(shown, "it is not UTF-8 text")
            return None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f" in line {mark.line + 1}" if mark else ""
            what = getattr(error, "problem", None) or "cannot be read"
            self._say(shown, f"it is not valid YAML{where} ({what})")
            return None
        if not isinstance(data, dict):
            self._say(shown, "it must hold names and values, not " + type(data).__name__)
            return None
        try:
            return model.parse_obj(data)
        except ValidationError as error:
            for mistake in _mistakes(error):
                self._say(shown, mistake)
            return None

    def _product(self, file: str, at: int, raw: Mapping[str, Any]) -> ProductData | None:
        name = str(raw.get("id") or f"number {at + 1}")
        try:
            return ProductData.parse_obj(_as_text(raw))
        except ValidationError as error:
            for mistake in _mistakes(error):
                self._say(file, mistake, name)
            return None

    def _check_products(
        self, brands: _Brands, labels: Labels, products: list[tuple[str, str, ProductData]]
    ) -> None:
        homes: dict[str, str] = {}
        skus: dict[str, str] = {}
        known = {product.id for _, _, product in products}
        for file, _, product in products:
            if product.id in homes:
                self._say(file, f"the id is used in {homes[product.id]} too", product.id)
            homes[product.id] = file
            if product.brand not in brands.brands:
                self._say(file, f"brands.yml has no brand {product.brand}", product.id)
            for key in product.attributes:
                if key not in labels.attributes:
                    self._say(file, f"attributes.yml has no attribute {key}", product.id)
            for other in product.goes_with:
                if other not in known or other == product.id:
                    self._say(
                        file, f"goes_with names {other}, which is no other product", product.id
                    )
            used = {value for values in product.options.values() for value in values}
            for value in product.option_prices:
                if value not in used:
                    self._say(
                        file, f"option_prices names {value}, no value of its options", product.id
                    )
            if self._check_options(file, labels, product):
                for sku, _ in variants(product, labels):
                    if sku in skus:
                        self._say(file, f"its SKU {sku} is that of {skus[sku]} too", product.id)
                    skus[sku] = product.id

    def _check_options(self, file: str, labels: Labels, product: ProductData) -> bool:
        before = len(self.problems)
        for key, values in product.options.items():
            if key not in labels.options:
                self._say(file, f"attributes.yml has no option {key}", product.id)
            for value in values:
                if value not in labels.values.get(key, {}):
                    self._say(file, f"attributes.yml has no value {value} of {key}", product.id)
        return len(self.problems) == before

    def _check_promotions(
        self,
        promotions: list[PromotionData],
        categories: set[str],
        brands: set[str],
        products: set[str],
    ) -> None:
        ids: set[str] = set()
        codes: set[str] = set()
        for promotion in promotions:
            named = f"promotion {promotion.id}"
            if promotion.id in ids:
                self._say("promotions.yml", f"{named} is there twice")
            if promotion.code and promotion.code in codes:
                self._say("promotions.yml", f"{named} has the code of another")
            ids.add(promotion.id)
            codes.add(promotion.code or "")
            for kind, known in (
                ("categories", categories),
                ("brands", brands),
                ("products", products),
            ):
                for name in getattr(promotion.scope, kind):
                    if name not in known:
                        self._say("promotions.yml", f"{named} names {name}, not among the {kind}")


def variants(product: ProductData, labels: Labels) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the SKU and the chosen option values of each variant, first options slowest."""
    keys = list(product.options)
    for chosen in itertools.product(*product.options.values()):
        codes = [labels.values[key][value].code for key, value in zip(keys, chosen, strict=True)]
        yield "-".join([product.id, *codes]), dict(zip(keys, chosen, strict=True))


def _as_text(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Let a designer write 36 or 6.5 where words are meant; YAML reads those as numbers."""
    product = dict(raw)

    def text(value: Any) -> Any:
        return (
            str(value) if isinstance(value, (int, float)) and value not in (True, False) else value
        )

    if isinstance(attributes := product.get("attributes"), dict):
        product["attributes"] = {
            str(key): {k: text(v) for k, v in value.items()}
            if isinstance(value, dict)
            else text(value)
            for key, value in attributes.items()
        }
    if isinstance(options := product.get("options"), dict):
        product["options"] = {
            key: [text(value) for value in values] if isinstance(values, list) else values
            for key, values in options.items()
        }
    if isinstance(prices := product.get("option_prices"), dict):
        product["option_prices"] = {text(key): value for key, value in prices.items()}
    if isinstance(guide := product.get("size_guide"), list):
        product["size_guide"] = [
            {key: text(value) for key, value in row.items()} if isinstance(row, dict) else row
            for row in guide
        ]
    return product


def _mistakes(error: ValidationError) -> Iterator[str]:
    for item in error.errors():
        place = ".".join(str(part) for part in item["loc"] if part != "__root__")
        if item["type"] == "value_error.missing":
            yield f"{place} is missing"
        elif item["type"] == "value_error.extra":
            yield f"there is no field {place}"
        else:
            yield f"{place} {item['msg']}"


class _UniqueKeys(yaml.SafeLoader):
    """YAML in which a name given twice is a mistake, not the loss of the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, (str, int, float)) and key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{key} is given twice", problem_mark=key_node.start_mark
                )
            seen.add(key if not isinstance(key, (list, dict)) else str(key))
        return super().construct_mapping(node, deep)
