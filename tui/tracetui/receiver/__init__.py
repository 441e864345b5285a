"""The endpoint that OpenTelemetry SDKs send to: OTLP over HTTP and gRPC, into a record file."""
