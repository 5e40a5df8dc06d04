chart-revenue = Umsatz
chart-orders = Bestellungen
chart-clicks = Klicks
chart-conversion = Conversion
chart-day = Tag
chart-after-refunds = nach Erstattungen
chart-per-click = Bestellungen je eindeutigem Klick
# $unique und $bots sind Anzahlen.
chart-unique = { $bots ->
    [0] { $unique } eindeutig
    [one] { $unique } eindeutig, dazu 1 von einem Bot
   *[other] { $unique } eindeutig, dazu { $bots } von Bots
}
chart-clicks-by-day = Klicks nach Tagen
chart-clicks-by-day-label = Klicks nach Tagen, { $period }. Die Tabelle darunter enthält dieselben Werte.
chart-keys = Die Pfeiltasten bewegen sich durch das Diagramm.
chart-show-table = Als Tabelle zeigen
chart-values = Werte des Diagramms
