"""Keys that must not occur twice, and keys that must lead somewhere, on Arrow columns.

Belongs here: primary, unique and foreign keys. Does not belong here: rules of single cells
(``cell_rules``), or which tables a key leads between (``schema``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shenwan_data.release.schema import ForeignKey

Codes = npt.NDArray[np.int64]


class _Column:
    """The cells of one key column as numbers: equal cells have equal numbers, null has one too."""

    def __init__(self) -> None:
        self._known: dict[Any, int] = {}
        self._codes: list[Codes] = []
        self._plain: list[pa.Array] = []

    def add(self, cells: pa.Array) -> None:
        """The next cells. Those of a dictionary cost as much as it has values, not as it has rows."""
        if not pa.types.is_dictionary(cells.type):
            self._plain.append(cells)
            return
        known = self._known
        values = cells.dictionary.to_pylist()
        numbers = [known.setdefault(value, len(known)) for value in values]
        null = known.setdefault(None, len(known))
        places = pc.fill_null(cells.indices.cast(pa.int64()), len(numbers)).to_numpy()
        self._codes.append(np.array([*numbers, null], dtype=np.int64)[places])

    def codes(self) -> tuple[Codes, int]:
        """The number of every cell, and how many numbers there are."""
        if self._codes:
            return np.concatenate(self._codes), len(self._known)
        encoded = pa.chunked_array(self._plain).combine_chunks()
        encoded = encoded.dictionary_encode(null_encoding="encode")
        return encoded.indices.to_numpy().astype(np.int64), len(encoded.dictionary)

    def nulls(self) -> npt.NDArray[np.bool_]:
        """Which cells are null."""
        if self._codes:
            return np.equal(np.concatenate(self._codes), self._known[None])
        return np.asarray(pa.chunked_array(self._plain).is_null().to_numpy())


class Key:
    """The cells of a key, added batch by batch; of a table only these are held in memory."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """``names`` are the columns of the key."""
        self.names = names
        self._columns = [_Column() for _ in names]
        self._rows = 0

    def add(self, columns: list[pa.Array]) -> None:
        """The cells of the next rows, one array a column."""
        for column, cells in zip(self._columns, columns, strict=True):
            column.add(cells)
        self._rows += len(columns[0])

    def empty(self) -> int | None:
        """Index of the first row in which every cell of the key is null."""
        if self._rows == 0:
            return None
        nulls = np.logical_and.reduce([column.nulls() for column in self._columns])
        return int(nulls.argmax()) if nulls.any() else None

    def repeated(self, *, nulls_differ: bool = False) -> int | None:
        """Index of the first row whose key another row has had before.

        Nulls are equal to each other, as in a primary key, or, with ``nulls_differ``, a row with one
        is equal to none.
        """
        if self._rows == 0:
            return None
        rows = np.arange(self._rows)
        combined, size = self._columns[0].codes()
        for column in self._columns[1:]:
            codes, more = column.codes()
            if size * more >= 2**62:
                combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
                size = int(combined.max()) + 1
            combined, size = combined * more + codes, size * more
        if nulls_differ:
            whole = ~np.logical_or.reduce([column.nulls() for column in self._columns])
            rows, combined = rows[whole], combined[whole]
        # Published rows stand in the order of their key, so most often one look along them will do.
        if len(combined) < 2 or bool((np.diff(combined) > 0).all()):
            return None
        first = np.unique(combined, return_index=True)[1]
        if len(first) == len(combined):
            return None
        again = np.ones(len(combined), dtype=bool)
        again[first] = False
        return int(rows[again.argmax()])


def dangling(
    column: pa.ChunkedArray | pa.Array, key: ForeignKey, target: pa.ChunkedArray | pa.Array
) -> tuple[int, str] | None:
    """Row and code of the first reference that leads nowhere; ``target`` are the codes there are."""
    codes = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    known = target.combine_chunks() if isinstance(target, pa.ChunkedArray) else target
    known = known.drop_null()
    rows: pa.Array | None = None
    if pa.types.is_dictionary(codes.type) and not key.is_list:
        lost = pc.invert(pc.is_in(codes.dictionary, value_set=known))
        if not pc.any(lost, min_count=0).as_py():
            return None
        codes = codes.dictionary_decode()
    if key.is_list:
        parts = pc.split_pattern(codes.cast(pa.string()), " ")
        rows, codes = pc.list_parent_indices(parts), pc.list_flatten(parts)
    missing = pc.and_(pc.is_valid(codes), pc.invert(pc.is_in(codes, value_set=known)))
    index = pc.index(missing, pa.scalar(True)).as_py()
    if index < 0:
        return None
    return int(index if rows is None else rows[index].as_py()), str(codes[index].as_py())
