"""Tables as Parquet: zstd, declared types, decimals, descriptions and units in the column metadata.

Belongs here: a table to bytes and back. Does not belong here: comparing with the CSV (``twins``).
The same table gives the same bytes under the same pyarrow, whose version stands in the footer.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 1 << 20


def write_parquet(table: pa.Table, stream: BinaryIO) -> None:
    """Write the table to a binary stream.

    Raises OSError when it cannot, ArrowInvalid for a null in a required column.
    """
    # Written from Arrow, so no pandas metadata; combined, so that the chunks a table happens to
    # have do not reach the bytes.
    pq.write_table(
        table.combine_chunks(),
        stream,
        compression="zstd",
        compression_level=9,
        version="2.6",
        row_group_size=ROW_GROUP,
        use_dictionary=True,
        write_statistics=True,
        store_schema=True,
    )


def read_parquet(path: Path) -> pa.Table:
    """The table of a Parquet file with its column metadata. Raises ArrowInvalid or OSError."""
    with pq.ParquetFile(path) as file:
        return file.read(use_threads=False)
