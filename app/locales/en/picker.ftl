picker-apply = Apply
picker-search = Search
picker-filters = Filters
picker-remove = Remove filter { $label }: { $value }
picker-no-match = No match
picker-more = { $count } more: type a part of the name to find them
