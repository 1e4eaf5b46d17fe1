"""Who and what is there in a street (`enforcement duty`)."""
