start-what = Sehen Sie, welcher Creator welchen Verkauf gebracht hat: mit Tracking-Links, einem leichten Pixel für den Shop und einer Erklärung für jeden gutgeschriebenen Cent.
start-how = Marken: Öffnen Sie die App in Ihrem Shopify-Admin. Creator: Nutzen Sie den Anmeldelink Ihrer Marke.
start-sign-in = Anmelden
