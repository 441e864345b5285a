"""OTLP's messages, shared by its JSON and protobuf encodings."""
