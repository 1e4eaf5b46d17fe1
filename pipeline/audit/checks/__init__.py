"""The invariants, a module for each group. Each check looks at every entry once, in log order."""
