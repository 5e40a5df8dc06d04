layout-skip = Zum Inhalt springen
layout-main = Hauptmenü
layout-main-bottom = Hauptmenü, unten
layout-section = Bereich
layout-language = Sprache
layout-members = Mitglieder und Sitzungen
layout-documentation = Dokumentation
layout-sign-out = Abmelden
layout-proofs = Umsatznachweise
layout-other-brands = Andere Marken
layout-sessions = Marken und Sitzungen

layout-overview = Übersicht
layout-links = Links
layout-creators = Creator
layout-orders = Bestellungen
layout-campaigns = Kampagnen
layout-payouts = Auszahlungen
layout-models = Modelle
layout-settings = Einstellungen
layout-commissions = Provisionen
layout-rules = Regeln
layout-setup = Einrichtung
layout-survey = Umfrageantworten
layout-team = Mitglieder
layout-audit = Protokoll
layout-home = Start
layout-sales = Verkäufe
layout-paid = Ausgezahlt

layout-sample = Beispieldaten
layout-sample-brand = { $label } Alles hier ist erfunden und zeigt, was CreatorScore kann.
layout-sample-creator = { $label } Diese Marke, ihre Links und ihre Verkäufe sind erfunden.
layout-sample-clear = Beispieldaten löschen
layout-sample-clear-text = Damit werden alle Creator, Links, Klicks, Bestellungen und Auszahlungen dieser Marke gelöscht, und alles, was Sie selbst hinzugefügt haben. Die App bleibt installiert. Das lässt sich nicht rückgängig machen.
layout-sample-delete = Alles löschen

# Sagt das Skript, wenn das Netz ausfällt.
layout-offline = Sie scheinen offline zu sein. Diese Seite konnte nicht geladen werden.
layout-offline-unsaved = Sie scheinen offline zu sein. Es wurde nichts gespeichert.
layout-unsaved = Ohne zu speichern weitergehen? Die Änderungen gehen verloren.
