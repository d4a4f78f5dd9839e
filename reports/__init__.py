"""KPIs, rollups, dashboards, exports and replay; reads only."""
