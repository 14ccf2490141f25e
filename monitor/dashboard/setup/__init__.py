"""The set-up that needs no manual: from the first start to running, page by page."""
