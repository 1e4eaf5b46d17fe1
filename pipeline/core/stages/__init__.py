"""What is decided at each stage of a case, a module a stage in the order of the work: discovery, dispatch, handling, feedback."""
