"""What single events change of a snapshot, apart from its stage. Parts of `case.evolve`."""
