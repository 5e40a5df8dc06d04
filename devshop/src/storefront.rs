//! A small storefront: products, cart, checkout.

use std::sync::Arc;

use axum::{
    Form, Json, Router,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    html::{escape, page},
    state::{Cart, Devshop, now_rfc3339, token},
    webhook,
};

/// Handle, title, price in cents.
const PRODUCTS: [(&str, &str, u64); 6] = [
    ("linen-shirt", "Linen shirt", 4999),
    ("canvas-tote", "Canvas tote", 2450),
    ("wool-socks", "Wool socks", 1205),
    ("denim-jacket", "Denim jacket", 9800),
    ("cotton-cap", "Cotton cap", 2200),
    ("weekend-bag", "Weekend bag", 13_900),
];

pub(crate) fn routes(devshop: Arc<Devshop>) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/products/{handle}", get(product))
        .route("/cart", get(cart))
        .route("/cart.js", get(cart_json))
        .route("/cart/add", post(add))
        .route("/cart/update.js", post(update))
        .route("/checkout", get(checkout).post(place_order))
        .route("/thank-you/{name}", get(thanks))
        .with_state(devshop)
}

/// Formats cents as Shopify does, for example `49.99`.
pub(crate) fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let line = headers.get(header::COOKIE)?.to_str().ok()?;
    line.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

/// A theme page, with the pixel script if the merchant has saved a key. The first page of a visit is stored as its
/// landing site.
fn themed(devshop: &Devshop, request: &Request, title: &str, content: &str) -> Response {
    let key = devshop.memory().pixel_key.clone();
    let pixel = if key.is_empty() {
        String::new()
    } else {
        format!(
            "<script src=\"{}/api/v1/track/pixel.js?key={}\" async></script>",
            escape(&devshop.settings.app_url),
            escape(&key)
        )
    };
    let head = format!("<script>window.Shopify={{routes:{{root:\"/\"}}}}</script>{pixel}");
    let body = format!("<main><p><a href=\"/\">Demo Shop</a> · <a href=\"/cart\">Cart</a></p>{content}</main>");
    let mut response = page(title, &head, &body).into_response();
    // `?strict-csp` simulates a storefront whose Content-Security-Policy blocks wasm.
    if request.uri().query().is_some_and(|query| query.contains("strict-csp"))
        && let Ok(policy) = format!("script-src 'unsafe-inline' {}", devshop.settings.app_url).parse()
    {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if cookie(request.headers(), "_shopify_s").is_none() {
        let visit = token();
        let landing = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        devshop.memory().landings.insert(visit.clone(), landing);
        if let Ok(value) = format!("_shopify_s={visit}; Path=/; SameSite=Lax").parse() {
            response.headers_mut().insert(header::SET_COOKIE, value);
        }
    }
    response
}

async fn home(State(devshop): State<Arc<Devshop>>, request: Request) -> Response {
    let list: String = PRODUCTS
        .iter()
        .map(|(handle, title, cents)| format!("<li><a href=\"/products/{handle}\">{title}</a> ${}</li>", money(*cents)))
        .collect();
    themed(&devshop, &request, "Demo Shop", &format!("<h1>Demo Shop</h1><ul>{list}</ul>"))
}

async fn product(State(devshop): State<Arc<Devshop>>, Path(handle): Path<String>, request: Request) -> Response {
    let Some((index, (_, title, cents))) = PRODUCTS.iter().enumerate().find(|(_, (name, ..))| *name == handle) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let content = format!(
        "<h1>{title}</h1><p>${}</p><form method=\"post\" action=\"/cart/add\"><input type=\"hidden\" name=\"id\" value=\"{index}\">\
         <button>Add to cart</button></form>",
        money(*cents)
    );
    themed(&devshop, &request, title, &content)
}

#[derive(Deserialize)]
struct Add {
    id: usize,
}

async fn add(State(devshop): State<Arc<Devshop>>, headers: HeaderMap, Form(add): Form<Add>) -> Response {
    if add.id >= PRODUCTS.len() {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    let known = cookie(&headers, "cart").filter(|name| devshop.memory().carts.contains_key(name));
    let name = known.unwrap_or_else(token);
    let mut memory = devshop.memory();
    let landing =
        cookie(&headers, "_shopify_s").and_then(|visit| memory.landings.get(&visit).cloned()).unwrap_or_default();
    let cart = memory.carts.entry(name.clone()).or_default();
    cart.landing_site = landing;
    match cart.lines.iter_mut().find(|(product, _)| *product == add.id) {
        Some((_, quantity)) => *quantity += 1,
        None => cart.lines.push((add.id, 1)),
    }
    ([(header::SET_COOKIE, format!("cart={name}; Path=/; SameSite=Lax"))], Redirect::to("/cart")).into_response()
}

fn cart_of(devshop: &Devshop, headers: &HeaderMap) -> Option<(String, Cart)> {
    let name = cookie(headers, "cart")?;
    let cart = devshop.memory().carts.get(&name).cloned()?;
    Some((name, cart))
}

fn subtotal(cart: &Cart) -> u64 {
    cart.lines.iter().map(|(product, quantity)| PRODUCTS[*product].2 * quantity).sum()
}

async fn cart(State(devshop): State<Arc<Devshop>>, request: Request) -> Response {
    let content = match cart_of(&devshop, request.headers()) {
        Some((_, cart)) if !cart.lines.is_empty() => {
            let lines: String = cart
                .lines
                .iter()
                .map(|(product, quantity)| format!("<li>{quantity} × {}</li>", PRODUCTS[*product].1))
                .collect();
            format!(
                "<h1>Cart</h1><ul>{lines}</ul><p>${}</p><p><a href=\"/checkout\">Check out</a></p>",
                money(subtotal(&cart))
            )
        }
        _ => "<h1>Cart</h1><p>Your cart is empty.</p>".to_owned(),
    };
    themed(&devshop, &request, "Cart", &content)
}

async fn cart_json(State(devshop): State<Arc<Devshop>>, headers: HeaderMap) -> Json<Value> {
    let cart = cart_of(&devshop, &headers).map(|(_, cart)| cart).unwrap_or_default();
    Json(
        json!({ "attributes": cart.attributes, "item_count": cart.lines.iter().map(|(_, quantity)| quantity).sum::<u64>() }),
    )
}

#[derive(Deserialize)]
struct Update {
    attributes: std::collections::HashMap<String, String>,
}

/// Merges attributes into the cart; an empty value removes the attribute.
async fn update(State(devshop): State<Arc<Devshop>>, headers: HeaderMap, Json(update): Json<Update>) -> Response {
    let Some((name, _)) = cart_of(&devshop, &headers) else { return StatusCode::NOT_FOUND.into_response() };
    if let Some(cart) = devshop.memory().carts.get_mut(&name) {
        for (name, value) in update.attributes {
            if value.is_empty() {
                cart.attributes.remove(&name);
            } else {
                cart.attributes.insert(name, value);
            }
        }
    }
    Json(json!({ "ok": true })).into_response()
}

async fn checkout(State(devshop): State<Arc<Devshop>>, headers: HeaderMap) -> Html<String> {
    // As on Shopify, the checkout has neither the theme nor its scripts, and therefore no pixel.
    let cart = cart_of(&devshop, &headers);
    let total = cart.as_ref().map_or(0, |(_, cart)| subtotal(cart));
    // Each cart suggests another shopper; to buy again as the same one, enter the same address.
    let shopper: String = cart.iter().flat_map(|(name, _)| name.chars().take(6)).collect();
    page(
        "Checkout",
        "",
        &format!(
            "<main><h1>Checkout</h1><p>Subtotal ${}</p><form method=\"post\" action=\"/checkout\"><p><label>E-mail <input name=\"email\" type=\"email\" \
             value=\"shopper-{shopper}@example.com\"></label></p><p><label>Discount code <input name=\"discount\"></label> (any code takes 10 % off)</p>\
             <button>Pay now</button></form></main>",
            money(total)
        ),
    )
}

#[derive(Deserialize)]
struct Checkout {
    email: String,
    discount: String,
}

async fn place_order(State(devshop): State<Arc<Devshop>>, headers: HeaderMap, Form(form): Form<Checkout>) -> Response {
    let Some((cart_name, cart)) = cart_of(&devshop, &headers).filter(|(_, cart)| !cart.lines.is_empty()) else {
        return Redirect::to("/cart").into_response();
    };
    let number = devshop.next_number();
    let (customer, orders_count) = devshop.customer(&form.email);
    // Shopify's ids are beyond 2^53: a reader that parses them as doubles gets them wrong.
    let id = 9_007_199_254_740_993 + number * 2;
    let gross = subtotal(&cart);
    let discount = if form.discount.trim().is_empty() { 0 } else { (gross + 5) / 10 };
    let net = gross - discount;
    let codes = if discount > 0 {
        json!([{ "code": form.discount.trim(), "amount": money(discount), "type": "percentage" }])
    } else {
        json!([])
    };
    let set = |cents: u64| {
        let price = json!({ "amount": money(cents), "currency_code": "USD" });
        json!({ "shop_money": price, "presentment_money": price })
    };
    let now = now_rfc3339();
    let attributes: Vec<Value> =
        cart.attributes.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let order = json!({
        "id": id, "admin_graphql_api_id": format!("gid://shopify/Order/{id}"), "name": format!("#{number}"), "order_number": number,
        "created_at": now, "updated_at": now, "cancelled_at": null, "currency": "USD", "test": false, "email": form.email,
        "total_price": money(net), "total_price_set": set(net), "subtotal_price": money(net), "subtotal_price_set": set(net),
        "total_discounts": money(discount), "discount_codes": codes, "note_attributes": attributes,
        "landing_site": cart.landing_site, "referring_site": null, "source_name": "web", "checkout_token": token(), "cart_token": cart_name,
        "customer": { "id": customer, "email": form.email, "orders_count": orders_count },
        "order_status_url": format!("https://{}/orders/{}", devshop.settings.shop, token()), "refunds": [],
        "line_items": cart.lines.iter().map(|(product, quantity)| json!({
            "id": 8_000_000_000_000_000_u64 + *product as u64, "title": PRODUCTS[*product].1, "quantity": quantity, "price": money(PRODUCTS[*product].2),
        })).collect::<Vec<_>>(),
    });
    {
        let mut memory = devshop.memory();
        memory.carts.remove(&cart_name);
        memory.orders.push(order.clone());
    }
    webhook::send(&devshop, "orders/create", &order);
    (
        [(header::SET_COOKIE, "cart=; Path=/; Max-Age=0".to_owned())],
        Redirect::to(&format!("/thank-you/{number}?total={}", money(net))),
    )
        .into_response()
}

#[derive(Deserialize)]
struct Paid {
    total: String,
}

async fn thanks(Path(name): Path<String>, Query(paid): Query<Paid>) -> Html<String> {
    page(
        "Thank you",
        "",
        &format!(
            "<main><h1>Thank you</h1><p>Order #{}: ${}</p><p><a href=\"/\">Back to the shop</a></p></main>",
            escape(&name),
            escape(&paid.total)
        ),
    )
}
