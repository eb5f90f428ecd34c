"""Writes the tables in `files`: the same 300 connections in each format, by pandas 3.1.1, NumPy 2.4.6 and PyArrow 26.0.1."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as encryption

folder = Path(__file__).parent / "files"
folder.mkdir(exist_ok=True)
random = np.random.default_rng(1)
cells, rows = 20, 300
edges = pd.DataFrame(
    {
        "pre": random.integers(0, cells, rows),
        "post": random.integers(0, cells, rows),
        "count": random.integers(1, 20, rows),
        "sign": random.choice([1, -1], rows),
        "delay": random.uniform(1, 5, rows).round(1),
    }
)
edges.to_csv(folder / "edges.csv", index=False)
edges.to_csv(folder / "edges.tsv", sep="\t", index=False)
edges.to_csv(folder / "edges.csv.gz", index=False, compression={"method": "gzip", "mtime": 1})
np.save(folder / "edges.npy", edges.to_records(index=False))
columns = {name: edges[name].to_numpy() for name in edges}
np.savez(folder / "edges.npz", **columns)
np.savez_compressed(folder / "packed.npz", **columns)
big = {name: values.astype(values.dtype.newbyteorder(">")) for name, values in columns.items()}
np.savez(folder / "big-endian.npz", **big)

# Identifiers have 18 digits, as those of FlyWire; names are texts.
ids = 720575940600000000 + random.permutation(cells) * 1234567
table = pd.DataFrame({"root_id": ids, "name": [f"cell {k}" for k in range(cells)], "type": ["KC"] * 12 + ["MBON"] * 8})
table.to_csv(folder / "cells.csv", index=False)
by_id = edges.assign(pre=ids[edges.pre], post=ids[edges.post])
by_id.to_csv(folder / "ids.csv", index=False)
np.savez(folder / "ids.npz", **{name: by_id[name].to_numpy() for name in by_id})
by_name = edges.assign(pre=table.name[edges.pre].to_numpy(), post=table.name[edges.post].to_numpy())
by_name.to_csv(folder / "names.csv", index=False)
np.savez(folder / "names.npz", **{name: by_name[name].to_numpy().astype("U") if name in ("pre", "post") else by_name[name].to_numpy() for name in by_name})

# Snappy with dictionaries in three row groups; plain values by gzip in pages of the second version; without compression.
edges.to_parquet(folder / "edges.parquet", row_group_size=120)
pq.write_table(
    pa.table(edges), folder / "pages2.parquet", compression="gzip", use_dictionary=False, data_page_version="2.0"
)
pq.write_table(pa.table(edges.astype({"pre": "uint8", "sign": "int8"})), folder / "bare.parquet", compression="none")
by_id.to_parquet(folder / "ids.parquet")
by_name.to_parquet(folder / "names.parquet")

few = {"pre": [0, 1], "post": [1, 0]}
pq.write_table(pa.table(few | {"w": [[1.0], [2.0]]}), folder / "nested.parquet")
pq.write_table(pa.table(few | {"w": [1.0, None]}), folder / "empty-cell.parquet")
pq.write_table(pa.table(few | {"w": ["1", "2"]}), folder / "text.parquet")
pq.write_table(pa.table(few | {"w": [1.0, 2.0]}), folder / "zstd.parquet", compression="zstd")


class Keys(encryption.KmsClient):
    """Keys that are not secret."""

    def __init__(self, _):
        super().__init__()

    def wrap_key(self, key_bytes, master_key_identifier):
        return key_bytes

    def unwrap_key(self, wrapped_key, master_key_identifier):
        return wrapped_key


keys = encryption.CryptoFactory(Keys)
for name, in_clear in [("encrypted", False), ("encrypted-column", True)]:
    settings = encryption.EncryptionConfiguration(
        footer_key="k", column_keys={"k": ["w"]}, plaintext_footer=in_clear, internal_key_material=True,
        double_wrapping=False,
    )
    properties = keys.file_encryption_properties(encryption.KmsConnectionConfig(), settings)
    table = pa.table(few | {"w": [1.0, 2.0]})
    with pq.ParquetWriter(folder / f"{name}.parquet", table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)

# As PyNN 0.13 writes connections: `NumpyBinaryFile` and rows without names.
pynn = edges[["pre", "post", "count", "delay"]].to_numpy(float)
np.savez(folder / "pynn.npz", data=pynn, metadata=np.array([["columns", "['i', 'j', 'weight', 'delay']"], ["size", "20"]]))
np.save(folder / "pynn.npy", np.asfortranarray(pynn))

# A file of a few kB with ten million rows.
constant = pa.table({name: np.zeros(10**7, np.int32) for name in ("pre", "post", "w")})
pq.write_table(constant, folder / "constant.parquet", data_page_size=2**30)
