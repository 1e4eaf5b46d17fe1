"""Dead letters (死信) as whoever repairs them works through them: `enforcement dead-letters list|show|retry|discard`.

letter_book (pure: what came, what became of it) ◄─ letter_log (reads the topics) ◄─ letters_command
masked_original (an original without personal data)                              ◄─┘
"""
