# Datum, Beträge und Anteile. $day und $year sind Zahlen, wie sie gezeigt werden.

format-date = { $day }. { $month }
format-full-date = { $day }. { $month } { $year }
format-moment = { $date }, { $time }
format-days = { $from } – { $to }
format-percent = { $number }{"\u00A0"}%
# Ein Betrag in einer Währung mit eigenem Zeichen, und in einer mit Kürzel. $sign ist „-“ oder leer.
format-amount-symbol = { $sign }{ $number }{"\u00A0"}{ $symbol }
format-amount-code = { $sign }{ $number }{"\u00A0"}{ $code }
format-amounts = { $first } + { $second }

format-month-1 = Jan.
format-month-2 = Feb.
format-month-3 = März
format-month-4 = Apr.
format-month-5 = Mai
format-month-6 = Juni
format-month-7 = Juli
format-month-8 = Aug.
format-month-9 = Sept.
format-month-10 = Okt.
format-month-11 = Nov.
format-month-12 = Dez.

format-unassigned = Nicht zugeordnet

# Was aus einer Bestellung wurde.
format-order-test = Test
format-order-repeat = Zählt als die Bestellung des Shops
format-order-cancelled = Storniert
format-order-refunded = Erstattet
format-order-partly-refunded = Teilweise erstattet
format-order-review = Zu prüfen

# Ob ein Hinweis zählt.
format-evidence-counted = Gezählt
format-evidence-reported = Gezählt (mit der Nummer der Bestellung gemeldet, nicht nachgewiesen)
format-evidence-claimed = Gezählt (von einem Browser behauptet, nicht nachgewiesen)
format-evidence-refused = Nicht gezählt: { $reason }

# Die Zahlen eines Umsatznachweises. $revenue ist ein Betrag, oder mehrere.
format-proof-figures = { $clicks ->
        [one] 1 Klick
       *[other] { $clicks } Klicks
    }, { $orders ->
        [one] 1 Bestellung
       *[other] { $orders } Bestellungen
    }, { $revenue } Nettoumsatz
format-and = { $first } und { $second }
