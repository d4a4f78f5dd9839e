"""Orders from placing to billing (handbook §1.2, §1.4, §3.3–3.5)."""
