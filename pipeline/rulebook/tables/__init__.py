"""The shapes of the files of rules: their fields, what each may hold, and the core's values of them."""
