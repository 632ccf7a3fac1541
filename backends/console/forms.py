"""Reading what a form sent."""

from __future__ import annotations

from urllib.parse import parse_qs

from sanic import Request

from backends.errors import invalid_request
from backends.fields import has_control

MOST_FIELDS = 40


class Form:
    """The fields of a form.

    Args:
        values: what was sent, by name.
    """

    def __init__(self, values: dict[str, list[str]]) -> None:
        self._values = values

    def one(self, name: str) -> str:
        """The value of a field, without spaces at its ends; "" when it was not sent."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """The value of a field as it was typed."""
        return self._values.get(name, [""])[0].replace("\r\n", "\n")

    def many(self, name: str) -> list[str]:
        """All values of a field."""
        return self._values.get(name, [])


def read_form(request: Request) -> Form:
    """Read a body of application/x-www-form-urlencoded.

    Raises:
        ApiError: 400 when it is none, or holds control characters.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise invalid_request("Send the form as application/x-www-form-urlencoded.")
    try:
        values = parse_qs(
            (request.body or b"").decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise invalid_request("The form could not be read.") from None
    for sent in values.values():
        if any(has_control(value.replace("\r\n", "\n"), lines=True) for value in sent):
            raise invalid_request("The form has control characters.")
    return Form(values)
