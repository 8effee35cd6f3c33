"""A post is rendered once for each language, however many read it."""

import json

import pytest
from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from forums.fragments import PostRow, post_html
from forums.services import posts
from tests.builders import make_member, make_network
from tests.forums.builders import make_forum, make_post, make_topic
from tests.live.conftest import Pages


def test_a_post_is_rendered_once_for_each_language_and_sent_to_all(
    open_page: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = []

    def counted(row: PostRow) -> SafeString:
        rendered.append((row.number, get_language()))
        return post_html(row)

    monkeypatch.setattr(posts, "post_html", counted)
    member = make_member(make_network()).user
    topic = make_topic(make_forum(member.memberships.get().network), member)
    group = f"topic.{topic.pk}"
    pages = [open_page(member, language=language) for language in ("fr", "en") for _ in range(20)]
    for page in pages:
        assert page.subscribe(group)["type"] == "subscribed"
    make_post(topic, member, "Une **seule** fois")
    frames = [page.receive() for page in pages]
    assert sorted(rendered) == [(2, "en"), (2, "fr")]
    assert len({json.dumps(frame) for frame in frames}) == len(settings.LANGUAGES)
    assert all("<strong>seule</strong>" in frame["html"] for frame in frames)
