"""对账: what a sender sent against what the pipeline has, in both directions."""
