"""The commands of the outside world's side; each only reads its options and prints."""
