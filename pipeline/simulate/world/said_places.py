"""How people say where it is: with a number or without, spelt out, by the corner, with district and street before it, or not at all."""

from random import Random
from typing import Final

from pipeline.simulate.world.seeded_chance import weighted
from pipeline.simulate.world.street import Scene

DISTRICTS: Final = {"140109": "万柏林区"}
"""By the first six digits of a street's code."""

CORNER_SHARE: Final = 0.6
SPELT_SHARE: Final = 0.08
MISHEARD_SHARE: Final = 0.03
_DIGITS: Final = "零一二三四五六七八九"
_MISHEARD: Final = {"街": "接", "华": "花", "苑": "院", "新村": "心村"}


def address(scene: Scene, street: str, street_zh: str, draw: Random) -> str:
    """The place as it stands in the field of the address; never empty."""
    said = _said(scene, draw)
    before = weighted(draw, ("", DISTRICTS.get(street[:6], ""), street_zh, "both"), (0.62, 0.12, 0.12, 0.14))
    if before == "both":
        before = DISTRICTS.get(street[:6], "") + street_zh
    return before + said


def spoken(scene: Scene, draw: Random) -> str:
    """The place as it is said within a sentence."""
    return _said(scene, draw) + draw.choice(("", "", "这儿", "这里", "这块", "那边"))


def _said(scene: Scene, draw: Random) -> str:
    corner = f"{scene.road}{draw.choice(('与', '和'))}{scene.crossing}{draw.choice(_CORNERS)}"
    if scene.crossing and scene.kind == "road" and draw.random() < CORNER_SHARE:
        return corner
    if draw.random() < 0.3:
        return scene.loose_address
    said = {
        "compound": _in_estate,
        "green": _in_green,
        "shop": _at_shop,
    }.get(scene.kind, _on_road)(scene, draw)
    if draw.random() < SPELT_SHARE:
        said = said.replace(f"{scene.number}号", f"{_spelt(scene.number)}号")
    if draw.random() < MISHEARD_SHARE:
        for right, heard in _MISHEARD.items():
            if right in said:
                return said.replace(right, heard, 1)
    return said


def _in_estate(scene: Scene, draw: Random) -> str:
    form = draw.random()
    if form < 0.5:
        return f"{scene.compound}{scene.building}{scene.unit}"
    return f"{scene.compound}{scene.building}" if form < 0.85 else f"{scene.compound}里面{scene.building}楼下"


def _in_green(scene: Scene, draw: Random) -> str:
    return f"{scene.compound}{scene.building}{draw.choice(('东侧绿地', '前面的花园', '旁边草地'))}"


def _at_shop(scene: Scene, draw: Random) -> str:
    form = draw.random()
    if form < 0.45 or not scene.near:
        return f"{scene.door}{scene.shop}"
    return f"{scene.road}{scene.shop},{scene.near}" if form < 0.6 else f"{scene.door}{scene.shop}门口"


def _on_road(scene: Scene, draw: Random) -> str:
    end = {"site": "工地", "river": "桥下"}.get(scene.kind, "")
    return f"{scene.door}{end or draw.choice(('附近', '门前', '对面', ''))}"


def _spelt(number: int) -> str:
    """A number as it is read aloud: 23 is 二十三."""
    if number >= 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        said += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        said += "零"
    return said + (_DIGITS[ones] if ones else "")


_CORNERS: Final = ("交叉口", "路口", "交叉口东北角", "十字路口", "路口西南角", "口")
