"""补充, 催办, 变更, 撤销: what becomes of a report that comes again under its number and says something else."""
