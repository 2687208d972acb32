-- Takes back 0051_idempotency_keys. Loses the answers: a repetition of a request that was answered before is done again.

drop table idempotency_keys;
