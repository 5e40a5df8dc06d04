picker-apply = Anwenden
picker-search = Suche
picker-filters = Filter
picker-remove = Filter entfernen: { $label }: { $value }
picker-no-match = Kein Treffer
picker-more = Noch { $count }: einen Teil des Namens eingeben, um sie zu finden
