survey-title = Umfrageantworten
survey-creator = Creator
survey-actions = Aktionen

# Was getan wurde.
survey-was-assigned = Gespeichert. Die Bestellung wird neu gutgeschrieben.
survey-was-dismissed = Beiseitegelegt: Diese Antwort nennt keinen Ihrer Creator.
survey-was-reopened = Rückgängig gemacht. Die Antwort wartet wieder auf Prüfung.
survey-was-key-saved = Schlüssel gespeichert.
survey-undo = Rückgängig

# Antworten, die ein Mensch lesen muss.
survey-nothing = Nichts zu prüfen
survey-nothing-text = Antworten mit Name, Kurzname oder einem weiteren Namen eines Creators werden automatisch zugeordnet. Die übrigen erscheinen hier zur Prüfung.
survey-question-some = Diese Antworten nennen keinen Creator eindeutig. Welche Creator haben die Käufer gemeint?
survey-question = { $count ->
    [one] Eine Antwort nennt keinen Creator eindeutig. Welchen Creator hat der Käufer gemeint?
   *[other] { $count } Antworten nennen keinen Creator eindeutig. Welche Creator haben die Käufer gemeint?
}
survey-quote = „{ $answer }“
survey-order-of = Bestellung { $order }
survey-order-missing = Bestellung { $order }, die noch nicht angekommen ist
survey-perhaps = Vielleicht
survey-credit-this = Diesem Creator gutschreiben
survey-choose = Creator wählen
survey-credit = Gutschreiben
survey-none-of-them = Keiner davon
survey-see-decided = Entschiedene Antworten

# Das Umfragewerkzeug.
survey-fairing = Fairing
survey-fairing-text = Senden Sie die Antworten in Fairing an { $url }
survey-the-address = Adresse
survey-has-key = Ein Schlüssel ist eingerichtet. Geben Sie einen anderen ein, um ihn zu ersetzen, oder speichern Sie das leere Feld, um keine Antworten mehr anzunehmen.
survey-has-no-key = Kein Schlüssel ist eingerichtet: Antworten werden abgelehnt, bis Sie einen angeben.
survey-key = Schlüssel
survey-key-hint = Der, den Fairing zeigt, 16 bis 255 Zeichen.
survey-save-key = Schlüssel speichern

# Antworten, über die entschieden wurde.
survey-decided = Entschiedene Umfrageantworten
survey-decided-text = Um eine Entscheidung zu ändern, öffnen Sie die Antwort wieder. Die Bestellung wird gleich neu gutgeschrieben.
survey-back = ← Umfrageantworten
survey-waits-again = Die Antwort wartet wieder auf Prüfung. { $link }
survey-review-it = Jetzt prüfen
survey-answers = Antworten
survey-state-assigned = Von Hand gutgeschrieben
survey-state-dismissed = Nennen keinen Ihrer Creator
survey-state-matched = Automatisch zugeordnet
survey-answer = Antwort
survey-order = Bestellung
survey-answered = Beantwortet
survey-no-such = Noch keine solchen Antworten.
survey-erased = Gelöscht
survey-not-arrived = Noch nicht angekommen
survey-review-again = Erneut prüfen
