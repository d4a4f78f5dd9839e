"""The platforms' languages that partners' programs already speak, over the services the native API calls (screens §1)."""
