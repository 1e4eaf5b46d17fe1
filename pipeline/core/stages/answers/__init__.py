"""联系 and 答复: how whoever reported a case is contacted, and what they are answered."""
