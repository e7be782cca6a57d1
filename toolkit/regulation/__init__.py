"""The regulation as data: parameters, calendar, people, responsibility and derived states."""
