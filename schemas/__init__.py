"""The contracts: the only definition of what crosses a topic. Imports nothing of ours."""
