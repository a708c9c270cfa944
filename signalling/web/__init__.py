"""The door: WebSocket, HTTP and health. Decides nothing about calls."""
