"""What each code of a refusal means, in Chinese and English, and which rule it rests on."""
