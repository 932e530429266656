"""From files and pages to clean sentences with dates."""
