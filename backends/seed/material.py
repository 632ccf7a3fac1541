"""What the shop is invented from: people.yml, demo_orders.yml and messages.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import yaml
from pydantic import BaseModel, Extra, ValidationError, conint, conlist, constr, validator

from backends.errors import SetupError
from backends.orders.schemas import OrderStatus

Model = TypeVar("Model", bound=BaseModel)
Days = conint(ge=1, le=3650)
Phone = constr(regex=r"^1[3-9][0-9]{9}$")


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid


class Words(_Strict):
    """The same in both languages."""

    zh: str
    en: str


class NameParts(_Strict):
    """Halves that names are put together from."""

    family: conlist(str, min_items=1)  # type: ignore[valid-type]
    given: conlist(str, min_items=1)  # type: ignore[valid-type]


class Names(_Strict):
    """Name halves by language."""

    zh: NameParts
    en: NameParts


class City(Words):
    """An invented city."""

    districts: conlist(Words, min_items=1)  # type: ignore[valid-type]


class People(_Strict):
    """people.yml."""

    names: Names
    cities: conlist(City, min_items=2)  # type: ignore[valid-type]
    streets: conlist(Words, min_items=1)  # type: ignore[valid-type]
    warehouse: Words
    carriers: dict[Literal["SF", "YT", "ZT", "JD"], str]
    return_reasons: conlist(str, min_items=1)  # type: ignore[valid-type]
    cancel_reasons: conlist(str, min_items=1)  # type: ignore[valid-type]


class DemoCustomer(_Strict):
    """A customer whose phone the documentation gives away."""

    id: constr(regex=r"^C[0-9]{5}$")  # type: ignore[valid-type]
    name: str
    language: Literal["zh", "en"]
    phone: Phone  # type: ignore[valid-type]
    address: str


class DemoItem(_Strict):
    """A product and the options chosen; the first variant that has them is taken."""

    product: str
    options: dict[str, str] = {}
    quantity: conint(ge=1, le=99) = 1  # type: ignore[valid-type]


class DemoOrder(_Strict):
    """An order at a stable number in a stable state."""

    number: constr(regex=r"^XD[0-9]{12}$")  # type: ignore[valid-type]
    about: Words
    customer: str
    status: OrderStatus
    days_ago: Days  # type: ignore[valid-type]
    delivered_days_ago: Days | None = None  # type: ignore[valid-type]
    items: conlist(DemoItem, min_items=1)  # type: ignore[valid-type]
    invoice: Literal["requested", "issued"] | None = None
    refund: Literal["processing", "refunded", "rejected"] | None = None
    returned: Literal["requested", "approved", "received", "rejected", "closed"] | None = None
    exchanged: (
        Literal["requested", "approved", "received", "resent", "rejected", "closed"] | None
    ) = None


class Demo(_Strict):
    """demo_orders.yml."""

    customers: list[DemoCustomer]
    orders: list[DemoOrder]


Kind = Literal["taste", "frugal", "lavish", "praise", "complaint"]
Sentiment = Literal["negative", "neutral", "positive"]


class Messages(_Strict):
    """messages.yml: the sentiment of each kind, and sentences by category and kind."""

    sentiments: dict[Kind, Sentiment]
    messages: dict[str, dict[Kind, conlist(Words, min_items=1)]]  # type: ignore[valid-type]

    @validator("sentiments")
    def _of_all_kinds(cls, value: dict[Kind, Sentiment]) -> dict[Kind, Sentiment]:
        missing = sorted(set(get_args(Kind)) - set(value))
        if missing:
            raise ValueError(f"lacks {', '.join(missing)}")
        return value

    @validator("messages")
    def _for_any(cls, value: dict[str, Any]) -> dict[str, Any]:
        missing = sorted(set(get_args(Kind)) - set(value.get("any", {})))
        if missing:
            raise ValueError(f"lacks sentences of any category for {', '.join(missing)}")
        return value


def read(folder: Path, name: str, model: type[Model]) -> Model:
    """Read and check one file.

    Raises:
        SetupError: it is missing, is not YAML or does not have the right fields; says which.
    """
    path = folder / name
    try:
        with path.open(encoding="utf-8") as file:
            return model.parse_obj(yaml.safe_load(file))
    except OSError as error:
        raise SetupError(f"{path} cannot be read ({error.strerror}).") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        raise SetupError(f"{path} is not valid YAML{place}: correct it.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SetupError(f"{path}: {place} {first['msg']}.") from None
