"""What the rules of a deployment are as values, and what rests on them alone: law, grids, codes of refusal, ids."""
