form-no-match = Kein Treffer
