"""A shop of its own, whose customers the tests may erase."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest


@pytest.fixture(scope="module")
def own_shop(
    seeded_database: Path, tmp_path_factory: pytest.TempPathFactory, free_port, start_light_shop
) -> Iterator:
    """A server over a copy of the seeded database that no other module uses."""
    folder = tmp_path_factory.mktemp("customers")
    copy = shutil.copy(seeded_database, folder / "shop.db")
    running = start_light_shop(Path(copy), folder, free_port())
    yield running
    running.stop()


@pytest.fixture(scope="module")
def staff(own_shop) -> httpx.Client:
    """A client of the shop's own programs."""
    return own_shop.client()


@pytest.fixture
def bound(own_shop, staff) -> Callable[..., httpx.Client]:
    """A function that gives a client whose sender is bound to a customer."""

    def make(customer_id: str, sender: str | None = None) -> httpx.Client:
        sender = sender or f"U{secrets.token_hex(6)}"
        path = f"/v1/identities/wechat/{sender}"
        assert staff.put(path, json={"customer_id": customer_id}).status_code == 200
        return own_shop.client(sender, "wechat")

    return make


@pytest.fixture(scope="module")
def take_customer(own_shop) -> Callable[..., str]:
    """A function that gives a customer no other test of the module has had.

    One whose orders are over and who has said nothing of consents, unless told otherwise.
    """
    taken: set[str] = set()

    def take(where: str = "1 = 1", *, silent: bool = True) -> str:
        over = (
            "NOT EXISTS (SELECT 1 FROM orders WHERE customer_id = customers.id "
            "AND status NOT IN ('completed', 'cancelled'))"
        )
        rows = own_shop.sql(
            f"SELECT id FROM customers WHERE id NOT LIKE 'C1000_' AND {over} AND {where} "
            "ORDER BY id"
        )
        found = next(row[0] for row in rows if row[0] not in taken)
        taken.add(found)
        if silent:
            own_shop.sql("DELETE FROM customer_messages WHERE customer_id = ?", found)
            own_shop.sql("DELETE FROM consents WHERE customer_id = ?", found)
        return found

    return take
