"""Where log entries come from: Bluetooth, a replayed recording, an imported table."""
