"""The shop's own material and products, in memory and in a database."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from backends.campaigns.copy.briefs.brief import Brief, Offer
from backends.campaigns.copy.facts import gather
from backends.campaigns.copy.lies.all import find_lies
from backends.campaigns.copy.lies.lie import Asked
from backends.campaigns.copy.material.book import read_material
from backends.campaigns.copy.rules.rule import Copy
from backends.campaigns.copy.training.examples import all_wares
from backends.clock import today
from backends.db import Database
from tests.backends.campaigns.copy.catalogue import write_catalogue
from tests.backends.conftest import ROOT

DATA = ROOT / "data" / "campaigns"
EARBUDS, WATCH, TEA = "AU-4001", "WT-5001", "FD-4502"


@pytest.fixture(scope="package")
def material():
    return read_material(DATA)


@pytest.fixture(scope="package")
def catalogue(tmp_path_factory):
    """A database with the catalogue and nothing else; tests copy it."""
    path = tmp_path_factory.mktemp("catalogue") / "shop.db"

    write_catalogue(path)
    return path


@pytest.fixture(scope="package")
def wares(catalogue):
    """Every product by id, all of them in stock."""

    async def read():
        database = Database(f"sqlite+aiosqlite:///{catalogue}")
        async with database.read() as session:
            found = await all_wares(session)
        await database.close()
        return {ware.id: replace(ware, stock=max(ware.stock, 60)) for ware in found}

    return asyncio.run(read())


def brief(*products, **other):
    """A brief in Chinese for WeChat about the earbuds, but for what is given."""
    values = {
        "products": products or (EARBUDS,),
        "category": None,
        "audience": None,
        "tone": "plain",
        "channel": "wechat",
        "language": "zh",
        "variants": 3,
        **other,
    }
    return Brief(**values)


@pytest.fixture
def copy_of(material, wares):
    """A function that makes a text about the earbuds into what rules judge."""

    def make(text, *products, **other):
        asked = brief(*products, **other)
        facts = gather(asked, [wares[id] for id in asked.products], material)
        return Copy(text, asked, facts, material)

    return make


@pytest.fixture
def lies_of(material, wares):
    """A function that gives the reasons against a brief."""

    def find(*products, promotion=None, of_code=(), stock=None, **other):
        asked = brief(*products, **other)
        chosen = [wares[id] for id in asked.products]
        if stock is not None:
            chosen = [replace(ware, stock=stock) for ware in chosen]
        return find_lies(Asked(asked, chosen, promotion, of_code, material, today()))

    return find


def in_days(number):
    """A day of the shop."""
    return today() + timedelta(days=number)


def off(value, **other):
    """An offer of so many yuan off that ends next week."""
    return Offer("amount", value, until=other.pop("until", in_days(7)), **other)


@pytest.fixture(scope="package")
def office(tmp_path_factory, catalogue, start_light_shop, free_port):
    """A server that most tests share."""
    from tests.backends.campaigns.copy.office import open_office

    folder = tmp_path_factory.mktemp("office")
    opened = open_office(start_light_shop, catalogue, folder, free_port())
    yield opened
    opened.sue.http.close()
    opened.shop.stop()
