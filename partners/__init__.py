"""The partner API: signing, idempotency, dialects."""
