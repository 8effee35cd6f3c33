"""The demo world: invented people and stories on real territories, dated from today."""
