"""What search engines and other sites read of the site besides its pages."""
