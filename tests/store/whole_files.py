"""A format that cannot be read on, for tests: each growth replaces what a file said before."""

from dataclasses import replace

from tracetui_loaders import batch, registry
from tracetui_loaders.formats.otlp_json import OtlpJsonLoader

MARK = b'{"whole"'


class WholeLoader(OtlpJsonLoader):
    """OTLP JSON lines after a first line `{"whole": true}`, always read from the beginning."""

    name = "whole"
    title = "whole files"
    resumable = False

    def sniff(self, head):
        return 1.0 if head.data.startswith(MARK) else 0.0

    def load(self, source, source_id):
        for found in super().load(source, source_id):
            yield replace(found, resume=None, provisional=False)


def use_whole_files(monkeypatch):
    """Let files that begin with `MARK` be read by `WholeLoader`, in small batches."""
    loader, found = WholeLoader(), registry.loaders()
    candidates = [("whole", lambda: loader), *registry._candidates()]
    monkeypatch.setattr(registry, "_candidates", lambda: iter(candidates))
    monkeypatch.setattr(registry, "loaders", lambda: ((loader, *found[0]), found[1]))
    monkeypatch.setattr(batch, "FIRST_BATCH_SPANS", 3)
    monkeypatch.setattr(batch, "BATCH_SPANS", 20)
