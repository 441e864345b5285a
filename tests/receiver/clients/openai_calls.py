"""Calls a model under an instrumentation: `openai_calls.py openinference|openllmetry URL`."""

import json
import sys

from openai import OpenAI
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

if sys.argv[1] == "openinference":
    from openinference.instrumentation.openai import OpenAIInstrumentor
else:
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor


class Ids(SpanProcessor):
    def __init__(self):
        self.ended = []

    def on_end(self, span):
        self.ended.append(f"{span.context.span_id:016x}")


provider, ids = TracerProvider(), Ids()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
provider.add_span_processor(ids)
OpenAIInstrumentor().instrument(tracer_provider=provider)
client = OpenAI(base_url=f"{sys.argv[2]}/v1", api_key="none", max_retries=0)
for question in ("Is it raining?", "And tomorrow?"):
    client.chat.completions.create(
        model="gpt-5", messages=[{"role": "user", "content": question}], seed=7
    )
provider.shutdown()
print(json.dumps(ids.ended))
