evidence-manual = Von Hand
evidence-promo = Rabattcode
evidence-click = Klick auf Link
evidence-cart = Warenkorb
evidence-landing = Landingpage
evidence-survey = Umfrage
