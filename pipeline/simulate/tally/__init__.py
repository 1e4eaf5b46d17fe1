"""What came out of a simulated day: counted from the topics, and held against the truth."""
