"""What a classifier is given of a customer, before it becomes one vector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from backends.customers.profiles.features import compute
from backends.customers.profiles.goods import Goods
from backends.customers.profiles.history import History, Message
from backends.customers.profiles.protected import ProtectedWords
from backends.customers.profiles.text_space import Vectors
from backends.customers.profiles.texts import TextVectors


@dataclass(frozen=True)
class Sample:
    """Features, and the vectors of what was bought and written.

    Attributes:
        features: as `features.compute` gives them.
        products: product ids, one for each line ordered that was not cancelled.
        product_vectors: (lines, languages, dim) of the products' texts.
        messages: what was written.
        message_vectors: (messages, dim).
    """

    features: Mapping[str, float]
    products: tuple[str, ...] = ()
    product_vectors: Vectors = field(default_factory=lambda: np.zeros((0, 2, 0), np.float32))
    messages: tuple[Message, ...] = ()
    message_vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))


def sample_of(
    history: History,
    goods: Goods,
    texts: TextVectors,
    protected: ProtectedWords,
    moment: datetime,
) -> Sample:
    """Return the sample of a customer; blocking where messages have no vectors yet.

    Messages that speak of what is protected are left out of everything.
    """
    read = [one for one in history.messages if not protected.found(one.text)]
    history = replace(history, messages=read)
    bought = tuple(
        line.product
        for order in history.kept
        for line in order.lines
        if goods.item(line.product) is not None
    )
    return Sample(
        features=compute(history, goods, moment),
        products=bought,
        product_vectors=texts.of_products(bought),
        messages=tuple(history.messages),
        message_vectors=texts.of_messages([one.text for one in history.messages]),
    )
