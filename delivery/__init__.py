"""Line-haul, forwarding, last mile, sign slips and COD will live here."""
