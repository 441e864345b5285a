"""Reads the members of Inspect AI's `.eval` archives.

Python's zipfile does not know Zstandard (method 93), which Inspect writes where it can; Arrow does.

Source: inspect_ai `log/_recorders/eval.py` (`header.json`, `_journal/start.json`,
`samples/<id>_epoch_<n>.json`); PKWARE APPNOTE 6.3.9, §4.3.7, §4.4.5.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec
import pyarrow as pa

from tracetui_loaders.json_split import decode_leniently
from tracetui_loaders.source import Source

_ZSTANDARD = 93
_LOCAL_HEADER = 30
LARGEST = 2 << 30
"""Of one member: what says that it is larger is damaged, or means harm."""
ERRORS = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError),
    *(RuntimeError, ValueError, pa.ArrowException, msgspec.MsgspecError),
)
"""What reading a damaged or an encrypted member raises."""


def opened(source: Source) -> zipfile.ZipFile:
    """Return the archive; read from the file itself where there is one.

    Raises:
        zipfile.BadZipFile: If it is none, or was cut off.
        OSError: If it cannot be read.
    """
    if source.size is not None and source.compression is None:
        return zipfile.ZipFile(source.path)
    return zipfile.ZipFile(io.BytesIO(source.read_all()))


def samples(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """Yield the members that are samples; one that was written again counts as written last."""
    last: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        if member.filename.startswith("samples/") and member.filename.endswith(".json"):
            last[member.filename] = member
    yield from last.values()


def header(archive: zipfile.ZipFile) -> Any:
    """Return the log without samples; of one that never ended, what is known from its start."""
    for name in ("header.json", "_journal/start.json"):
        try:
            found = value_of(archive, archive.getinfo(name))
        except (KeyError, *ERRORS):
            continue
        if isinstance(found, dict):
            return {"status": "started", **found}
    return {}


def value_of(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Any:
    """Return the JSON value of a member; see `ERRORS`."""
    if member.file_size > LARGEST:
        raise ValueError(f"it says that it holds {member.file_size:,} bytes")
    data = _zstandard(archive, member) if member.compress_type == _ZSTANDARD else None
    if data is None:
        data = archive.read(member)
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return decode_leniently(data)  # Python's own writes NaN


def _zstandard(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    stream = archive.fp
    if stream is None:
        raise ValueError("the archive is closed")
    stream.seek(member.header_offset)
    local = stream.read(_LOCAL_HEADER)
    name, extra = int.from_bytes(local[26:28], "little"), int.from_bytes(local[28:30], "little")
    stream.seek(name + extra, io.SEEK_CUR)
    stored = io.BytesIO(stream.read(member.compress_size))
    with pa.CompressedInputStream(pa.PythonFile(stored, mode="r"), "zstd") as plain:
        return plain.read(member.file_size)
