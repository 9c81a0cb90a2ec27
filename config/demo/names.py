"""Names of nobody in particular, and numbers that reach nobody."""

from random import Random
from typing import NamedTuple

FAMILY_ZH = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
GIVEN_ZH = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀英", "建国", "桂英",
    "文静", "子涵", "浩然", "雨桐", "思远", "嘉怡", "俊杰", "晓东", "志强", "海燕", "春梅", "国华", "玉兰", "小红", "立新", "永强",
    "佳琪", "梓轩", "欣怡", "宇航", "诗涵", "博文", "雅婷", "天佑", "若曦", "泽宇", "晨曦", "慧敏", "丽华", "建军",
]  # fmt: skip
FIRMS_ZH = ["便利店", "餐饮店", "装饰部", "五金行", "水果店", "物流部", "服装店", "茶叶行"]
FIRST_EN = [
    "Alice", "Ben", "Clara", "David", "Emma", "Frank", "Grace", "Henry", "Ivy", "Jack", "Kate", "Leo", "Maya", "Noah", "Olive",
    "Paul", "Quinn", "Ruth", "Sam", "Tara", "Uma", "Victor", "Wendy", "Xena", "Yara", "Zack", "Nora", "Oscar", "Priya", "Ravi",
]  # fmt: skip
FAMILY_EN = [
    "Archer", "Bailey", "Carter", "Dixon", "Ellis", "Fisher", "Grant", "Hughes", "Irving", "Jensen", "Keller", "Lawson",
    "Mason", "Norris", "Olsen", "Porter", "Quincy", "Reeves", "Sutton", "Turner", "Underwood", "Vance", "Walker", "Young",
]  # fmt: skip
ENGLISH_SHARE = 0.18
ZONES_ABROAD = ["Europe/London", "America/New_York", "Asia/Singapore", "Australia/Sydney"]


class Person(NamedTuple):
    ref: str
    name: str
    phone: str
    language: str
    time_zone: str


def person(number: int, chance: Random) -> Person:
    """Borrower number so-and-so. English numbers lie in the block kept for drama (+44 7700 900000 to 900999); Chinese ones
    begin 1990000: China keeps no such block, and the demonstration's gateways call nobody.
    """
    ref = f"B{number:06d}"
    if chance.random() < ENGLISH_SHARE:
        name = f"{chance.choice(FIRST_EN)} {chance.choice(FAMILY_EN)}"
        zone = chance.choice(ZONES_ABROAD) if chance.random() < 0.3 else "Asia/Shanghai"
        return Person(ref, name, f"+447700900{number % 1000:03d}", "en", zone)
    name = chance.choice(FAMILY_ZH) + chance.choice(GIVEN_ZH)
    if chance.random() < 0.06:
        name += chance.choice(FIRMS_ZH)
    return Person(ref, name, f"1990000{number % 10_000:04d}", "zh-hans", "Asia/Shanghai")
