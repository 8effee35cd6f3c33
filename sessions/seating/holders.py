"""How the log, the state of the seats and the forms name whoever holds a seat: `u12` is a person, `g3` a guest."""

_PERSON, _GUEST = "u", "g"
MAX_DIGITS = 18  # what a key of a row holds for sure


def holder_of(user_id: int) -> str:
    return f"{_PERSON}{user_id}"


def guest_holder(guest_id: int) -> str:
    return f"{_GUEST}{guest_id}"


def user_of(holder: str) -> int | None:
    """The id of the person; None for a guest, and for the session itself."""
    return _number(holder, _PERSON)


def guest_of(holder: str) -> int | None:
    return _number(holder, _GUEST)


def _number(holder: str, kind: str) -> int | None:
    """Forms bring keys too, with whatever somebody wrote into them."""
    digits = holder[1:]
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS
    return int(digits) if is_number and holder[:1] == kind else None
