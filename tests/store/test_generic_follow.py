"""Logs of no known format that grow: what is appended joins what was read before."""

import json

from store.loading import load
from tracetui_store import queries
from tracetui_store.ingest import Ingest
from tracetui_store.store import Store

T0 = 1_760_000_000


def line(second, session="s", **more):
    return json.dumps({"ts": T0 + second, "session_id": session, "msg": f"at {second}", **more})


def followed(path, pieces):
    """Return the spans of a file that grows by `pieces` and is read after each."""
    path.write_text(pieces[0])
    store = Store.temporary()
    try:
        ingest = Ingest(store, [str(path)])
        ingest.run()
        for piece in pieces[1:]:
            with path.open("a") as file:
                file.write(piece)
            ingest._catch_up([str(path)])
        with store.reader() as reader:
            return list(queries.spans(reader)), queries.files(reader)[0]
    finally:
        store.close()


def test_a_session_that_grows_is_one_root_from_first_to_last(tmp_path):
    pieces = [line(0) + "\n" + line(1, "t") + "\n", line(5) + "\n", line(9) + "\n"]
    spans, file = followed(tmp_path / "a.jsonl", pieces)
    (root,) = (span for span in spans if span["name"] == "session s")
    assert root["start_time_unix_nano"] == T0 * 1_000_000_000
    assert root["end_time_unix_nano"] == (T0 + 9) * 1_000_000_000
    assert (len(spans), file.ok) == (6, 4)


def test_a_torn_line_is_taken_once_it_is_whole(tmp_path):
    whole = line(0) + "\n" + line(5, level="error") + "\n"
    cut = len(whole) - 12
    spans, file = followed(tmp_path / "a.jsonl", [whole[:cut], whole[cut:]])
    assert sorted(span["name"] for span in spans) == ["at 0", "at 5", "session s"]
    assert (file.ok, file.tail, file.rejected) == (2, 0, 0)
    at_once = load(tmp_path / "a.jsonl")
    assert {span["span_id"] for span in at_once.spans} == {span["span_id"] for span in spans}
