"""The penalty procedure (行政处罚) and the measures beside it: steps, and the law's guards on each."""
