"""One address, many forms: what a page or a list says, also for feed readers and programs."""
