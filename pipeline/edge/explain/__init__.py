"""Why a case stands as it does: its history and the account of its clocks, as values and as text."""
