"""An edition of one criterion, which every agency declares."""

EDITION = """
id = "e"
title = "Bộ thử"
legal_basis = "luật"
verified = false
valid_from = 2018-10-12
min_coverage = "0"
stale_after = "14d"
refusal_grace = "30d"
window = "365d"
classes = [{ name = "Tốt", at_least = "0" }]
[[areas]]
id = "portal"
number = 1
title = "Cổng"
[[criteria]]
id = "1.1"
area = "portal"
title = "Có quy chế"
groups = ["1"]
max_points = "2"
source = "declared"
declared_kind = "boolean"
scale = { yes_no = { yes = "2" } }
legal_basis = "luật"
remedy = "ban hành"
"""
