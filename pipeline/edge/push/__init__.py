"""From a file to receipts: `push`, and `sources`, which shows what would be understood."""
