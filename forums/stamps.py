"""When what is shown of a topic last changed, as pages and frames write it: microseconds since 1970, "" for never."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
LONGEST = 16


def stamp(changed_at: datetime | None) -> str:
    return str((changed_at - EPOCH) // TICK) if changed_at else ""


def moment(stamp: str) -> datetime:
    """Raises ValueError for what is not a stamp of ours."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= LONGEST):
        raise ValueError("not a stamp")
    return EPOCH + int(stamp) * TICK
