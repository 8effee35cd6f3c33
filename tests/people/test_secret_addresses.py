import uuid
from datetime import UTC, datetime

from django.test import override_settings

from forums import feed_keys
from sessions import tokens

KEY = "a key of the house, long enough to be one"
AT = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)


@override_settings(SECRET_KEY=KEY)
def test_the_addresses_that_people_copied_stay_theirs() -> None:
    calendar, feeds = tokens.derive(uuid.UUID(int=7)), feed_keys.derive(12, AT)
    assert (calendar, tokens.hash_of(calendar)) == (
        "Ex9KN8uUEvMZsNVPK2q40QtcfznTzx1A7ra_swGXAFk",
        "404003dc69660ef0a2a07b7785941aca1d904e4cb2f6b568a5d9338295778bef",
    )
    assert (feeds, feed_keys.hash_of(feeds)) == (
        "b8s0C3fNhV3SI6GgFZPKicV8AwfsEcSbZ6Iy04OUokM",
        "5VsEoawk2N3ALmYeBQVSGq4rDJGY2qb50iPpfH_cLcc",
    )


@override_settings(SECRET_KEY=KEY)
def test_a_secret_is_shown_again_as_long_as_a_key_that_made_it_is_known() -> None:
    secret = feed_keys.derive(12, AT)
    kept = feed_keys.hash_of(secret)
    assert feed_keys.secret_of(12, AT, kept) == secret
    assert feed_keys.secret_of(13, AT, kept) is None
    with override_settings(SECRET_KEY="x" * 60, SECRET_KEY_FALLBACKS=[KEY]):
        assert feed_keys.secret_of(12, AT, kept) == secret
    with override_settings(SECRET_KEY="x" * 60, SECRET_KEY_FALLBACKS=[]):
        assert feed_keys.secret_of(12, AT, kept) is None
