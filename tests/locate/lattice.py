"""A street as a rectangle cut into rows and columns of grids: how the shipped grids were made, and where a point lies by arithmetic alone."""

from dataclasses import dataclass
from itertools import accumulate

from pipeline.core.rules.grid import Grid, LonLat

DECIMALS = 7


@dataclass(frozen=True)
class Lattice:
    """`rows` and `columns` say how many rows and columns of grids each block has, from the north and from the west; a block is a community.

    Communities and, inside each, serials run west to east, then north to south, from 001 on.
    """

    street: str
    box: tuple[float, float, float, float]
    """West, south, east, north."""
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    def cells(self) -> dict[tuple[int, int], str]:
        """The code of each (row, column) from the north-west corner."""
        cells = {}
        for block_row, (last_row, height) in enumerate(zip(accumulate(self.rows), self.rows, strict=True)):
            for block_column, (last_column, width) in enumerate(
                zip(accumulate(self.columns), self.columns, strict=True)
            ):
                community = block_row * len(self.columns) + block_column + 1
                for cell in range(height * width):
                    place = last_row - height + cell // width, last_column - width + cell % width
                    cells[place] = f"{self.street}{community:03}{cell + 1:03}"
        return cells

    def grid_at(self, lon: float, lat: float) -> str | None:
        """The grid by index arithmetic."""
        west, south, east, north = self.box
        if not (west <= lon <= east and south <= lat <= north):
            return None
        height, width = sum(self.rows), sum(self.columns)
        row, column = (
            int((north - lat) / (north - south) * height),
            int((lon - west) / (east - west) * width),
        )
        return self.cells()[min(row, height - 1), min(column, width - 1)]

    def corner(self, row: int, column: int) -> LonLat:
        """The north-western corner of a cell, to a centimetre."""
        west, south, east, north = self.box
        lon = west + column / sum(self.columns) * (east - west)
        return round(lon, DECIMALS), round(north - row / sum(self.rows) * (north - south), DECIMALS)

    def grids(self, communities: tuple[str, ...] = ()) -> list[Grid]:
        """The grids as polygons, their communities of these names."""
        grids = []
        for (row, column), code in self.cells().items():
            corners = [
                (row, column),
                (row + 1, column),
                (row + 1, column + 1),
                (row, column + 1),
                (row, column),
            ]
            name = communities[int(code[9:12]) - 1] if communities else ""
            outline = tuple(self.corner(*corner) for corner in corners)
            grids.append(Grid(code, f"{name}第{int(code[12:])}网格", name, (outline,)))
        return sorted(grids)
