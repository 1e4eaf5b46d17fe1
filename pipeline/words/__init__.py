"""The field's Chinese and English for codes that never change. Reads contracts and rules; decides and prints nothing."""
