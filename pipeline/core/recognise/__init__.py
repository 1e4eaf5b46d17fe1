"""What a text is about: which of the enforcement matters, or that it is none; with the words that say so. Pure and in whole numbers."""
