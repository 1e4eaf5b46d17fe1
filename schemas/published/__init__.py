"""What others read about the contracts, made from the code, and whether it still serves who holds an earlier release."""
