models-title = Modelle
# $model ist das Modell der Richtlinie, in einem Satz.
models-intro = Was jedes Modell jedem Creator gutschreiben würde, neben dem, was Ihre Richtlinie gutgeschrieben hat ({ $model }). Nur Ihre Richtlinie zählt.

# Die Modelle der Richtlinie.
models-table = Nettoumsatz nach Modell
models-creator = Creator
models-policy = Ihre Richtlinie
models-without-creator = Links ohne Creator
models-touches = { $touches ->
    [one] 1 Kontakt
   *[other] { $touches } Kontakte
}
models-nothing = Keine gutgeschriebenen Bestellungen in diesem Zeitraum
models-nothing-text = Sobald Bestellungen gutgeschrieben sind, sehen Sie hier, was jedes Modell wem geben würde.
models-see-links = Links ansehen

# Warum das Modell der Richtlinie selbst etwas anderes ergibt.
models-why = Warum „{ $model }“ nicht dasselbe ist wie Ihre Richtlinie
models-why-evidence = Ihre Richtlinie entscheidet zuerst, welche Art von Hinweis zählt, zum Beispiel Rabattcodes vor Links, und teilt die Bestellung dann unter den Kontakten dieser Art auf. Die Modelle hier teilen jede Bestellung unter allen ihren Kontakten jeder Art auf.
models-why-changed = Für jede Bestellung gilt die Richtlinie des Tages, an dem sie aufgegeben wurde. Wenn Sie die Richtlinie geändert haben, gilt für frühere Bestellungen weiter die frühere.
models-why-closed = In den Zahlen Ihrer Richtlinie werden Erstattungen und Änderungen von Bestellungen aus abgeschlossenen Zeiträumen an dem Tag gebucht, an dem sie eintreffen; die Modelle zeigen sie bei ihrer Bestellung.

# Modelle, die lernen.
models-learned = Datengestützte Modelle
models-learned-soon = Diese Modelle lernen aus allen Kaufwegen der letzten { $days } Tage und werden einmal am Tag berechnet.
# $converted und $others sind Anzahlen von Kaufwegen, $moment ist der Zeitpunkt der Berechnung.
models-learned-from = Gelernt aus den { $days } Tagen vom { $from } bis zum { $to }, unabhängig vom Zeitraum oben. Kaufwege mit Bestellung: { $converted }, ohne: { $others }. Berechnet am { $moment }, Version { $version }.
models-lost = Verlust ohne den Creator
models-markov = Conversions nach Markov
models-shapley = Conversions nach Shapley
models-all-others = Alle anderen Creator
models-lost-share = { $share }{"\u00A0"}%
models-no-results = Noch keine Ergebnisse. Sie erscheinen innerhalb eines Tages nach den ersten Bestellungen.
