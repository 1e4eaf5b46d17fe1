"""The pipeline: a pure core (`core`), the shells around it, and the broker it runs on."""
