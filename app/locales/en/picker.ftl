picker-apply = Apply
picker-search = Search
picker-filters = Filters
picker-remove = Remove filter { $label }: { $value }
