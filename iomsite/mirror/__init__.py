"""The whole public site as files, for when nothing but the web server is up."""
