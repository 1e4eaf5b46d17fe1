"""One partition at work: opened, restored, decided batch by batch, each batch one transaction."""
