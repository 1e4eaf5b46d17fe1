"""`enforcement rules`: checks and shows a folder of rules, and compares two of them, also by their effect on open cases."""
