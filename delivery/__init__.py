"""What happens after the waybill: cash on delivery; line-haul, forwarding, last mile and sign slips."""
