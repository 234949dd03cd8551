#!/usr/bin/env python
"""Run an administrative command: `python manage.py help` lists them."""

import os
import sys

from django.core.management import execute_from_command_line


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iomsite.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
