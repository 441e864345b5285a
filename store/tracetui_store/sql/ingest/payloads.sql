INSERT INTO own.payloads SELECT row_id, attributes, extra FROM batch_spans;
