"""Who is there in a street, what they may do, what they carry: as planned, and as it came."""
