"""What comes from outside: reports and actions, and the way from a record to one of them."""
