"""The first answers to requests with an `Idempotency-Key`, which repetitions get."""
