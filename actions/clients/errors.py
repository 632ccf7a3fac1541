"""What a backend may answer other than success."""


class BackendError(Exception):
    """Any answer that is not a success."""


class BackendUnavailable(BackendError):
    """Down, slow, answering rubbish, or its circuit is open: nothing to be had right now.

    Attributes:
        backend: Which one.
        outcome_unknown: Whether a write was sent whose answer never came.
    """

    def __init__(self, backend: str, why: str, outcome_unknown: bool = False) -> None:
        super().__init__(f"The backend '{backend}' is unavailable: {why}.")
        self.backend = backend
        self.outcome_unknown = outcome_unknown


class NotFound(BackendError):
    """There is no such thing."""


class NotVerified(BackendError):
    """The customer may not see that order, or there is none; the backend does not say which."""


class Locked(BackendError):
    """Too many wrong tries.

    Attributes:
        retry_after: Seconds until the customer may try again.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__("The sender is locked.")
        self.retry_after = retry_after


class NotAllowed(BackendError):
    """The order's state does not allow it.

    Attributes:
        reason: The backend's word for why, such as `already_shipped`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"Not allowed: {reason}.")
        self.reason = reason


class InvalidRequest(BackendError):
    """The backend refuses what was sent as malformed."""
