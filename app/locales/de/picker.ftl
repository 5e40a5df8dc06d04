picker-apply = Anwenden
picker-search = Suche
picker-filters = Filter
picker-remove = Filter entfernen: { $label }: { $value }
