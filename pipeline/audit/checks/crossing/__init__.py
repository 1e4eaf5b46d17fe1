"""I1, I2: what is sent on from one partition to another arrives there once, and nothing else does."""
