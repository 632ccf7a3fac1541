"""Customers of the seed, bound to a conversation, whose consents and tags a test sets."""

import contextlib
import json
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx


@dataclass
class Known:
    """A customer who writes on a trusted channel."""

    customer_id: str
    sender: str
    api: httpx.Client
    database: Path

    def sql(self, statement: str, *values: Any) -> list[tuple]:
        """Run SQL on the shop's database."""
        connection = sqlite3.connect(self.database, timeout=10, isolation_level=None)
        with contextlib.closing(connection):
            return connection.execute(statement, values).fetchall()

    def agree(self, **consents: bool) -> None:
        """Give or withdraw consents."""
        path = f"/v1/customers/{self.customer_id}/consents"
        assert self.api.put(path, json=consents).status_code == 200

    def tag(self, **tags: str) -> None:
        """Set the profile's tags, each sure."""
        self.sql("DELETE FROM profile_tags WHERE customer_id = ?", self.customer_id)
        chosen = {f"{group}.{tag}": 0.9 for group, tag in tags.items()}
        self.sql(
            "INSERT INTO profile_tags (customer_id, tags, features, reads_messages, model, at) "
            "VALUES (?, ?, '{}', 0, '', '2026-01-01 00:00:00.000000')",
            self.customer_id, json.dumps(chosen),
        )  # fmt: skip

    def messages(self) -> list[tuple]:
        """What is kept of what they wrote."""
        return self.sql(
            "SELECT text, language, sentiment FROM customer_messages WHERE customer_id = ? "
            "ORDER BY id", self.customer_id,
        )  # fmt: skip


def known(api: httpx.Client, database: Path, customer_id: str) -> Known:
    """Bind a new sender to a customer who has said nothing yet."""
    sender = f"U{secrets.token_hex(6)}"
    path = f"/v1/identities/wechat/{sender}"
    assert api.put(path, json={"customer_id": customer_id}).status_code == 200
    customer = Known(customer_id, sender, api, database)
    for table in ("consents", "customer_messages", "profile_tags"):
        customer.sql(f"DELETE FROM {table} WHERE customer_id = ?", customer_id)
    return customer
