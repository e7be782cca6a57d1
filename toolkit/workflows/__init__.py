"""The only place that assembles: read, check, aggregate, write. Doors call nothing else."""
