"""Places, forms, records and findings. Standard library and pandas only."""
