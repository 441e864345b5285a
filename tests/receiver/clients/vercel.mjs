// Calls a model with the Vercel AI SDK and sends its spans as OTLP JSON: `node vercel.mjs URL`.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { generateText } from "ai";

const ended = [];
const ids = {
  onStart() {},
  onEnd: (span) => ended.push(span.spanContext().spanId),
  forceFlush: async () => {},
  shutdown: async () => {},
};
const provider = new NodeTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter()), ids],
});
provider.register();
const model = createOpenAICompatible({ name: "fake", baseURL: `${process.argv[2]}/v1` });
for (const prompt of ["Is it raining?", "And tomorrow?"]) {
  await generateText({
    model: model("gpt-5"),
    prompt,
    experimental_telemetry: { isEnabled: true, functionId: "weather" },
  });
}
await provider.forceFlush();
await provider.shutdown();
console.log(JSON.stringify(ended));
