"""Whether a request comes from Slack, and came just now."""

from collections.abc import Mapping

from slack_sdk.signature import SignatureVerifier

from xiaoer.channels.slack.protocol.errors import RefusedRequest

_REFUSED = "The request is not signed with this app's signing secret, or not within five minutes."


def verify(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> None:
    """Check the signature; it is compared in constant time.

    Source: https://docs.slack.dev/authentication/verifying-requests-from-slack/

    Raises:
        RefusedRequest: There is none, it is another's, or it is more than five minutes old.
    """
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    # The library fails on a timestamp that is no number and on a signature beyond ASCII.
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        raise RefusedRequest(_REFUSED)
    try:
        valid = signature.isascii() and verifier.is_valid(body, timestamp, signature)
    except UnicodeDecodeError:
        raise RefusedRequest(_REFUSED) from None
    if not valid:
        raise RefusedRequest(_REFUSED)
