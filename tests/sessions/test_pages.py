import pytest
from django.urls import reverse

from tests.conftest import Browser
from tests.sessions.builders import animator_of, make_registration, make_session

pytestmark = pytest.mark.django_db


def test_pages_open(browser: Browser) -> None:
    session = make_session(capacity=3, description="**Bonjour**", place="Ici", video_url="https://v.example.org/x")
    make_registration(session)
    slug = session.network.slug
    user = animator_of(session.network)
    browser.as_user(user)
    for url in (
        reverse("sessions:session-list", args=[slug]),
        reverse("sessions:session-list", args=[slug]) + "?mois=",
        reverse("sessions:session-list", args=[slug]) + "?passees=1",
        reverse("sessions:session-create", args=[slug]),
        reverse("sessions:session-edit", args=[session.pk]),
        reverse("sessions:session-cancel", args=[session.pk]),
        reverse("sessions:feed-page"),
        session.get_absolute_url(),
    ):
        response = browser.get(url)
        assert response.status_code == 200, url
