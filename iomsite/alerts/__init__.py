"""Alerts by e-mail: what somebody filtered on the screen, sent when there is something new."""
