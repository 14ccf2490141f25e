"""The windows. The only room that knows Qt; its view models do not."""
