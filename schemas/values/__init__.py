"""The values that several contracts share: closed lists, texts and instants, places, evidence."""
