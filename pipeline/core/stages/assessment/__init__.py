"""研判: what a report without a matter is taken for, and what becomes of one of which a person must say what it is about, or where."""
