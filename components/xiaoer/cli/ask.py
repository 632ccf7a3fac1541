"""One question to a running assistant through its REST channel."""

from typing import Any

import httpx

from xiaoer.cli.errors import CommandError


def ask(url: str, message: str, sender: str, seconds: float = 60.0) -> list[dict[str, Any]]:
    """Send `message` and return the replies as the REST channel gives them.

    Args:
        url: The Rasa server, such as `http://127.0.0.1:5005`.
        message: The customer's words.
        sender: The conversation's id; the same id goes on with the same conversation.
        seconds: How long to wait for the replies.

    Raises:
        CommandError: If `url` is no address, or no assistant answers there.
    """
    try:
        response = httpx.post(
            f"{url.rstrip('/')}/webhooks/rest/webhook",
            json={"sender": sender, "message": message},
            timeout=httpx.Timeout(seconds, connect=5),
            trust_env=False,
        )
        response.raise_for_status()
        replies = response.json()
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise CommandError(
            f"{url!r} is no address of a server: write one like http://127.0.0.1:5005."
        ) from error
    except httpx.ConnectError as error:
        raise CommandError(
            f"No assistant answers at {url}: start it with `xiaoer up` (or name another with --url)."
        ) from error
    except httpx.TimeoutException as error:
        raise CommandError(
            f"The assistant at {url} gave no reply within {seconds:.0f} s."
        ) from error
    except (httpx.HTTPError, ValueError) as error:
        raise CommandError(
            f"What answers at {url} is no Rasa server with the rest channel in credentials.yml."
        ) from error
    return replies if isinstance(replies, list) else []


def as_text(reply: dict[str, Any]) -> str:
    """Return a reply as lines for a terminal: its text, image and buttons."""
    lines = [str(reply[key]) for key in ("text", "image") if reply.get(key)]
    lines += [f"  [{button.get('title')}]" for button in reply.get("buttons") or ()]
    return "\n".join(lines)
