"""What coordinators and officials write about plans."""
