evidence-manual = By hand
evidence-promo = Discount code
evidence-click = Link click
evidence-cart = Cart
evidence-landing = Landing page
evidence-survey = Survey
