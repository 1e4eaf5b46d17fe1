"""Draws a dashboard as a picture, from its JSON and the answers of a real Prometheus: close to what Grafana shows."""
