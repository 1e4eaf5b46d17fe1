"""What leaves one partition and arrives in another, or in the same: both ends, which are held against each other when all are read."""
