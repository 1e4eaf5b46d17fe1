"""`enforcement rules diff`: reads two folders of rules and the open cases, and tells what would move. Changes nothing."""
