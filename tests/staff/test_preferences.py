"""Language and theme are kept with the person."""

import pytest
from django.test import Client
from django.urls import reverse

from staff.demo import ensure_sign_ins
from staff.models import Role, User


@pytest.fixture
def administrator(db: None) -> Client:
    ensure_sign_ins()
    client = Client()
    client.force_login(User.objects.get(role=Role.ADMINISTRATOR))
    return client


def test_the_chosen_language_is_kept_after_the_next_sign_in(administrator: Client) -> None:
    administrator.post(reverse("set_language"), {"language": "zh-hans", "next": "/people/"})
    elsewhere = Client()
    elsewhere.force_login(User.objects.get(role=Role.ADMINISTRATOR))

    page = elsewhere.get("/people/").content.decode()

    assert 'lang="zh-Hans"' in page
    assert "人员" in page


def test_the_sign_in_page_speaks_the_language_of_the_cookie(db: None) -> None:
    client = Client()
    client.post(reverse("set_language"), {"language": "zh-hans"})

    assert "登录" in client.get(reverse("login")).content.decode()


@pytest.mark.parametrize("value", ["klingon", ""])
def test_an_unknown_language_is_refused(administrator: Client, value: str) -> None:
    assert administrator.post(reverse("set_language"), {"language": value}).status_code == 400


def test_a_theme_is_kept_and_an_unknown_one_refused(administrator: Client) -> None:
    assert administrator.post(reverse("set_theme"), {"theme": "dark"}).status_code == 302
    assert administrator.post(reverse("set_theme"), {"theme": "pink"}).status_code == 400
    assert 'data-theme="dark"' in administrator.get("/people/").content.decode()


def test_next_never_leads_to_another_site(administrator: Client) -> None:
    response = administrator.post(reverse("set_theme"), {"theme": "dark", "next": "https://evil.example/"})

    assert response["Location"] == "/"
