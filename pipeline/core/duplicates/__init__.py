"""Whether two reports tell of one thing: what each says of place and matter, how alike that is, and what contradicts."""
