"""A post is rendered once for each language, however many read it."""

import json

from django.conf import settings

from forums.fragments import _post_html
from tests.builders import make_member, make_network
from tests.forums.builders import make_forum, make_post, make_topic
from tests.live.conftest import Pages


def test_a_post_is_rendered_once_for_each_language_and_sent_to_all(open_page: Pages) -> None:
    member = make_member(make_network()).user
    topic = make_topic(make_forum(member.memberships.get().network), member)
    group = f"topic.{topic.pk}"
    pages = [open_page(member, language=language) for language in ("fr", "en") for _ in range(20)]
    for page in pages:
        assert page.subscribe(group)["type"] == "subscribed"
    before = _post_html.cache_info()
    make_post(topic, member, "Une **seule** fois")
    frames = [page.receive() for page in pages]
    after = _post_html.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (len(settings.LANGUAGES), 0)
    assert len({json.dumps(frame) for frame in frames}) == len(settings.LANGUAGES)
    assert all("<strong>seule</strong>" in frame["html"] for frame in frames)
