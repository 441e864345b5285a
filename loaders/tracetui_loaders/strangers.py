"""Says what a source that no format knows looks like to a person, and what to do with it."""

import re
from collections.abc import Iterator

from tracetui_loaders.base import Head
from tracetui_loaders.generic.explain import json_seen, mapping_advice

_MAGIC = (
    (b"PAR1", "a Parquet file, but not of spans"),
    (b"SQLite format 3\x00", "an SQLite database, but not of spans"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\xff\xfe", "UTF-16 text (try: iconv -f utf-16 -t utf-8)"),
    (b"\xfe\xff", "UTF-16 text (try: iconv -f utf-16 -t utf-8)"),
    (b"BZh", "a bzip2 archive (try: bunzip2)"),
    (b"\xfd7zXZ", "an xz archive (try: unxz)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it and open what is inside"),
)
_ZIP = b"PK\x03\x04"
_TAR_MAGIC = (257, b"ustar")
_ANSI = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
_AIDER = re.compile(rb"^# aider chat started at ", re.MULTILINE)
_MARKDOWN = re.compile(rb"^(?:#{1,6} \S|```|\* \S|- \S|> \S)", re.MULTILINE)
_TABLE = re.compile(rb"\A[^\n{}\[\]]*[,;\t][^\n]*\r?\n[^\n]*[,;\t]")
_MARKUP = re.compile(rb"\A\s*<(?:\?xml|!doctype|html|svg)", re.IGNORECASE)
_LOG_LINE = re.compile(rb"^.{0,40}\d\d:\d\d:\d\d", re.MULTILINE)
# Possessive: what is no list of scalars must not be tried in every way.
_SCALARS = re.compile(
    rb'\s*+(?:(?:"(?:[^"\\\n]|\\.)*+"|-?\d[\d.eE+-]*+|true|false|null)(?:\s++|\Z))++'
)
_LOOKED_AT = 64 << 10


def looks_like(head: Head) -> str:
    """Return what the first bytes look like to a person, and what could be tried."""
    data = head.data
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data.startswith(_ZIP):
        names = ", ".join(_names_in_zip(data)) or "nothing"
        return f"a zip archive (it holds {names}): unpack it and open what is inside"
    if data[_TAR_MAGIC[0] : _TAR_MAGIC[0] + 5] == _TAR_MAGIC[1]:
        return "a tar archive: unpack it and open what is inside"
    if _is_json(data):
        return "; ".join(filter(None, ("JSON, but of no known trace format", json_seen(head))))
    try:
        data[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < min(len(data), 4096) - 4:
            return "binary data of no known format"
    return _text(data[:_LOOKED_AT])


def advice(head: Head) -> str:
    """Return what to do with JSON of no known format: a mapping file to begin with."""
    return mapping_advice(head) if _is_json(head.data) else ""


def _is_json(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \t\r\n\x00")[:1] in (b"{", b"[")


def _text(data: bytes) -> str:
    """Return what sort of text it is."""
    log = "tracetui reads structured traces: let the program write JSON lines or OTLP"
    if _AIDER.search(data):
        return "aider's chat history, in Markdown, not JSON; its times and tokens are not per call"
    if _ANSI.search(data):
        return f"a terminal's output (text with colours), not JSON; {log}"
    if _MARKUP.search(data):
        return "XML or HTML, not JSON"
    if len(_MARKDOWN.findall(data)) >= 3:
        return "Markdown text, not JSON"
    if len(_LOG_LINE.findall(data)) >= 2:
        return f"a plain text log, not JSON; {log}"
    if _TABLE.match(data):
        return "a table (CSV or TSV): text, not JSON; DuckDB turns one into Parquet or JSON"
    if _SCALARS.fullmatch(data):
        return "JSON texts or numbers, but no objects with fields"
    return "text, not JSON"


def _names_in_zip(data: bytes) -> Iterator[str]:
    """Yield the names of the first files in a zip archive, from their local headers."""
    position = 0
    for _ in range(3):
        position = data.find(_ZIP, position)
        if position < 0:
            return
        size = int.from_bytes(data[position + 26 : position + 28], "little")
        name = data[position + 30 : position + 30 + min(size, 80)]
        yield name.decode("utf-8", "replace")
        position += 30 + size
