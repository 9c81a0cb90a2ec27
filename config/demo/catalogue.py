"""The demo's funders and products: four methods of repayment, two currencies."""

from typing import Any, NamedTuple

from lending.models import Funder, Product
from lending.parties import get_product

YEAR = 10_000
"""Parts per million in a percent."""


class FunderCard(NamedTuple):
    code: str
    name: str
    name_zh: str
    signature: str
    signature_zh: str
    service_phone: str


class ProductCard(NamedTuple):
    """What a kind of loan looks like; amounts in whole units of its currency."""

    code: str
    name: str
    name_zh: str
    currency: str
    method: str
    periods: tuple[int, ...]
    percent: tuple[int, ...]
    principal: tuple[int, int]
    weight: int
    day_count: str = "month/12"


FUNDERS = [
    FunderCard("anhe", "Anhe Bank", "安和银行", "Anhe Bank", "安和银行", "400-000-0001"),
    FunderCard("mingde", "Mingde Consumer Finance", "明德消费金融", "Mingde", "明德消金", "400-000-0002"),
    FunderCard("puhui", "Puhui Microcredit", "普惠小贷", "Puhui", "普惠小贷", "400-000-0003"),
    FunderCard("heron", "Heron Trust", "鹭江信托", "Heron Trust", "鹭江信托", "400-000-0004"),
]
PRODUCTS = [
    ProductCard("cash", "Cash loan", "现金贷", "CNY", "equal_installment", (6, 12, 24), (18, 21, 24), (2_000, 50_000), 50),
    ProductCard("shopping", "Shopping instalments", "消费分期", "CNY", "equal_installment", (3, 6, 12), (0, 12, 15), (500, 12_000), 20),
    ProductCard("steady", "Steady loan", "稳健贷", "CNY", "equal_principal", (12, 24), (12, 15), (10_000, 120_000), 14),
    ProductCard("trade", "Trader's credit", "商户经营贷", "CNY", "interest_only", (6, 12), (14, 18), (20_000, 300_000), 8, "act/365"),
    ProductCard("bridge", "Bridge loan", "周转贷", "CNY", "bullet", (1,), (18, 24), (1_000, 8_000), 5, "act/365"),
    ProductCard("overseas", "Overseas student loan", "留学贷", "USD", "equal_installment", (12,), (9, 12), (800, 6_000), 3),
]  # fmt: skip
FLEXIBLE = ProductCard(
    "flex", "Borrow and repay", "随借随还", "CNY", "daily", (1,), (12, 15), (3_000, 30_000), 0, "act/360"
)
"""Interest by the day on what is owed; for loans that are well, as a part of those."""
CONVENTIONS: dict[str, Any] = {
    "grace_days": 3,
    "grace_excuses": True,
    "tolerance_amount": 100,
    "penalty_day_basis": 360,
}


def write_funders() -> dict[str, Funder]:
    for card in FUNDERS:
        Funder.objects.get_or_create(code=card.code, defaults=_without_code(card))
    return {funder.code: funder for funder in Funder.objects.all()}


def write_products() -> dict[str, Product]:
    """Penalty is half as much again as the dearest contract rate of the product (DOMAIN A2: +30 % to +50 %)."""
    for card in [*PRODUCTS, FLEXIBLE]:
        names: dict[str, Any] = {"name": card.name, "name_zh": card.name_zh, "day_count": card.day_count}
        get_product(card.code, penalty_rate_ppm=max(card.percent) * YEAR * 3 // 2, **names, **CONVENTIONS)
    return {product.code: product for product in Product.objects.order_by("valid_from")}


def _without_code(card: FunderCard) -> dict[str, Any]:
    return {name: value for name, value in card._asdict().items() if name != "code"}
