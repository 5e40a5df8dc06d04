start-what = See which creator drove each sale. Tracking links, a lightweight storefront pixel, and an explanation for every credited cent.
start-how = Brands: open the app from your Shopify admin. Creators: use the sign-in link from your brand.
start-sign-in = Sign in
