"""跨街道移交: a case that belongs to another street goes there in the same transaction, and what comes so is taken over."""
