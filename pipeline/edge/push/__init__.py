"""From a file to receipts: `push`; and what would be understood of it: `sources`, `recognise`."""
