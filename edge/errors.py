"""Errors, named for what happens next."""

from collections.abc import Mapping


class StoreEdgeError(Exception):
    """Something a person may have to act on; `hint` says how, in words a shop assistant can follow."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Refused(StoreEdgeError):
    """Tell the caller: nothing was recorded, nothing happened.

    `code` is a stable word for programs (`unknown-code`, `not-open`), `status` the HTTP status it becomes, `details`
    plain data a screen may need to ask its question.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        code: str = "refused",
        status: int = 409,
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.status = status
        self.details = dict(details or {})


class DeviceLost(StoreEdgeError):
    """We retry: the device went away; the supervisor opens it again."""


class Halt(StoreEdgeError):
    """Stop and wake a human: going on could lose or double something."""
