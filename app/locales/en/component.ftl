component-copy = Copy
component-copy-what = Copy { $what }
component-copied = Copied
component-copy-by-hand = Copy it by hand
component-from = From
component-to = To
component-apply = Apply
component-time-zone = Time zone: { $zone }
