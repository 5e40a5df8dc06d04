table-empty = Nothing here yet.
table-nothing-found = Nothing matches this search. { $link }
table-clear-search = Clear the search
table-note = Note
table-range = { $first }–{ $last } of { $count }
table-pages = Pages of { $table }
table-previous = ← Previous
table-next = Next →
