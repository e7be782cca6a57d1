"""What everything is made of: places, forms, records, findings. Standard library and pandas only."""
