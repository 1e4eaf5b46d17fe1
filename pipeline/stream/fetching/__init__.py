"""Between Faust and the partitions: who gets which, and how fetched records reach their inbox."""
