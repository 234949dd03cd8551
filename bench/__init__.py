"""What pages cost, with 2,000, 20,000 and 200,000 releases: `make bench`."""
