# Wie es um eine Zusammenarbeit steht.
creators-state-active = Aktiv
creators-state-invited = Eingeladen
creators-state-paused = Pausiert
creators-state-archived = Archiviert

# Das Guthaben.
creators-balance = Guthaben
creators-payable = Jetzt auszahlbar
creators-held = In der Wartefrist
creators-in-payout = In einer offenen Auszahlung
creators-paid-out = Ausgezahlt
creators-no-commissions = Noch keine Provisionen.
creators-commissions = Provisionen
