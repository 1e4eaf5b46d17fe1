"""The pure core: no await, no clock, no Kafka, no file, no logging. Time and rules enter as values."""
