"""People of a team, with a sign-in."""

from collections.abc import Callable

import pytest
from django.test import Client

from audit import clock
from behind import NOW, TODAY, close_day, make_loan, make_person, make_team
from cases.models import Case
from lending.parties import register_borrower
from staff.models import Role, User


@pytest.fixture
def agent(db: None) -> User:
    return make_person("li", team=make_team(), display_name="Li Na", capacity=3)


@pytest.fixture
def colleague(db: None) -> User:
    return make_person("wu", team=make_team(), display_name="Wu Lei", capacity=2)


@pytest.fixture
def supervisor(db: None) -> User:
    return make_person("chen", Role.SUPERVISOR, team=make_team(), display_name="Chen Jie")


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[User], Client]:
    """A signed-in browser, at ten in the morning of the business date."""
    monkeypatch.setattr("config.middleware.now", lambda: NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return client_of


DAYS = [5, 12, 20, 40, 70, 100, 200]
NAMES = ["王小明", "王大力", "李娜", "Mary Smith", "陈杰", "=cmd()", "赵敏"]


@pytest.fixture
def book(agent: User, colleague: User) -> list[Case]:
    """Seven cases in every stage: three in one agent's hands, two in another's team, two in the pool."""
    for number, (days, name) in enumerate(zip(DAYS, NAMES, strict=True)):
        language = "en" if name.isascii() else "zh-hans"
        borrower = register_borrower(
            ref=f"R{number}", name=name, identity="", language=language, time_zone="Asia/Shanghai", at=NOW
        )
        make_loan(borrower, days=days, amount=100_000 + 1_000 * number)
    close_day(TODAY)
    south = make_person("zhou", team=make_team("South"))
    cases = list(Case.objects.order_by("pk"))
    for case, owner in zip(cases, [agent, agent, agent, south, south, None, None], strict=True):
        Case.objects.filter(pk=case.pk).update(owner=owner)
    return cases


@pytest.fixture
def manager(db: None) -> User:
    return make_person("gao", Role.MANAGER)
