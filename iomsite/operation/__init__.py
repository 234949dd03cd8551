"""For whoever keeps the site running: is it well, what does it do, and how to hold it still."""
