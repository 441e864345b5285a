"""Sends an agent's spans with opentelemetry-sdk: `sdk.py http|grpc`; prints the ids it sent."""

import json
import sys

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

if sys.argv[1] == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

provider = TracerProvider(resource=Resource.create({"service.name": "sdk-agent"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("agent")
sent = []
for turn in range(40):
    with tracer.start_as_current_span("invoke_agent") as agent:
        sent.append(agent)
        for call in range(5):
            with tracer.start_as_current_span("chat gpt-5") as span:
                span.set_attribute("gen_ai.operation.name", "chat")
                span.set_attribute("gen_ai.usage.input_tokens", turn * 10 + call)
                span.set_attribute("gen_ai.usage.output_tokens", 2**53 + 1)
                sent.append(span)
provider.shutdown()
print(json.dumps([f"{span.get_span_context().span_id:016x}" for span in sent]))
