"""Writes the shipped district anew: `python -m tests.locate.district` writes rules/grids/ and rules/places/.

All of it is invented, and the same each time: rectangles near where the streets of one real district lie, and lifelike names in them.
"""

from pathlib import Path

from pipeline.rulebook import RULES_DIR
from pipeline.rulebook.places.grid_files import GRIDS_FOLDER, SUFFIX, written
from tests.locate import made_places
from tests.locate.lattice import Lattice

LATTICES = (
    Lattice("140109004", (112.4775, 37.8705, 112.5155, 37.8885), (3, 3, 3), (6, 6, 7)),
    Lattice("140109001", (112.5155, 37.8705, 112.5395, 37.8885), (3, 3), (4, 4)),
    Lattice("140109002", (112.4955, 37.8525, 112.5395, 37.8705), (3, 3), (4, 4)),
    Lattice("140109003", (112.4715, 37.8525, 112.4955, 37.8705), (3, 3), (3, 3)),
    Lattice("140109005", (112.4775, 37.8885, 112.5395, 37.9065), (3, 3), (4, 4)),
    Lattice("140109006", (112.3315, 37.8345, 112.4035, 37.8705), (2, 2), (3, 3)),
    Lattice("140109007", (112.3675, 37.8045, 112.4395, 37.8345), (2, 2), (3, 3)),
    Lattice("140109008", (112.4715, 37.8285, 112.4955, 37.8525), (3, 3), (3, 3)),
    Lattice("140109009", (112.4395, 37.8285, 112.4715, 37.8525), (3, 3), (3, 3)),
    Lattice("140109011", (112.4955, 37.8345, 112.5395, 37.8525), (3, 3), (4, 4)),
    Lattice("140109012", (112.4035, 37.8345, 112.4395, 37.8705), (2, 2), (3, 3)),
    Lattice("140109013", (112.4955, 37.8045, 112.5395, 37.8345), (3, 3), (4, 4)),
    Lattice("140109014", (112.4395, 37.8525, 112.4715, 37.8885), (3, 3), (3, 3)),
    Lattice("140109015", (112.3315, 37.8885, 112.4395, 37.9425), (2, 2), (3, 3)),
)
"""The first has 9 rows of some 220 m and 19 columns of some 180 m: 171 grids in 9 communities."""

COMMUNITIES = [
    "锦苑",
    "文兴里",
    "南巷",
    "北巷",
    "机床厂",
    "东渠",
    "前进",
    "曙光",
    "桃杏",
    "漪东",
    "漪南",
    "彭西",
    "义井",
    "下元东",
    "下元西",
    "大王",
    "闫家沟",
    "和平里",
    "纺织苑",
    "玉河",
    "后王",
    "袁家庄",
    "移村",
    "沙沟",
    "瓦窑",
    "杜儿坪一矿",
    "杜儿坪二矿",
    "虎峪",
    "店头",
    "白家庄一矿",
    "官地",
    "九院",
    "冶峪",
    "南寒东",
    "南寒西",
    "聂家山",
    "红沟",
    "东社里",
    "枣尖梁",
    "圪垛",
    "银杏苑",
    "小井峪东",
    "小井峪西",
    "南坪头",
    "滨河",
    "西铭一",
    "西铭二",
    "七里沟",
    "风声河",
    "长风里",
    "长兴",
    "南屯",
    "新晋祠路",
    "神堂沟东",
    "神堂沟西",
    "寨沟",
    "大虎沟",
    "王封",
    "化客头",
    "圪僚沟",
    "王家沟",
]
"""By street in the order above, then by community."""


def grid_files() -> dict[str, str]:
    """The text of each file of grids by its name."""
    names = iter(COMMUNITIES)
    files = {}
    for lattice in LATTICES:
        own = tuple(f"{next(names)}社区" for _ in range(len(lattice.rows) * len(lattice.columns)))
        files[f"{GRIDS_FOLDER}/{lattice.street}{SUFFIX}"] = written(lattice.grids(own))
    return files


def main(folder: Path = RULES_DIR) -> None:
    """Writes the files: the grids first, since the places are laid over them."""
    for files in (grid_files, made_places.place_files):
        for name, text in files().items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"{name}: {len(text) // 1024} KiB")


if __name__ == "__main__":
    main()
