//! Webhooks as Shopify sends them.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    Failure,
    server::{Brand, SHOPIFY_SECRET},
    storefront::visitor_of_order,
};

/// Shopify's id of an order.
pub(crate) const fn order_id(order: usize) -> usize {
    5_550_000_000_000 + order
}

/// Shopify's id of an order's customer.
const fn customer_id(order: usize) -> usize {
    6_660_000_000_000 + order
}

/// A signed request with an order of the brand's shop.
pub(crate) fn order_webhook(brand: &Brand, placed_at: &str, order: usize) -> Result<Vec<u8>, Failure> {
    signed(&brand.shop, "orders/create", &format!("bench-{order}"), &order_body(brand, placed_at, order))
}

/// A signed request to erase the customer of an order.
pub(crate) fn redact_webhook(brand: &Brand, order: usize) -> Result<Vec<u8>, Failure> {
    let body = json!({
        "shop_id": 1, "shop_domain": brand.shop,
        "customer": {"id": customer_id(order), "email": format!("shopper{order}@example.com"), "phone": null},
        "orders_to_redact": [order_id(order)],
    });
    signed(&brand.shop, "customers/redact", &format!("bench-redact-{order}"), &body)
}

fn signed(shop: &str, topic: &str, delivery: &str, body: &Value) -> Result<Vec<u8>, Failure> {
    let body = body.to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(SHOPIFY_SECRET.as_bytes())?;
    mac.update(body.as_bytes());
    let signature = BASE64.encode(mac.finalize().into_bytes());
    let head = format!(
        "POST /api/webhooks/shopify HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         x-shopify-topic: {topic}\r\nx-shopify-shop-domain: {shop}\r\nx-shopify-webhook-id: {delivery}\r\n\
         x-shopify-api-version: 2026-10\r\nx-shopify-hmac-sha256: {signature}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    Ok([head.into_bytes(), body.into_bytes()].concat())
}

fn price(amount: &str) -> Value {
    json!({"shop_money": {"amount": amount, "currency_code": "USD"},
           "presentment_money": {"amount": amount, "currency_code": "USD"}})
}

fn address(order: usize) -> Value {
    json!({"first_name": "Robin", "last_name": format!("Shopper {order}"), "address1": "12 Example Street",
           "address2": null, "phone": "+1 555 0100", "city": "Springfield", "zip": "12345", "province": "Oregon",
           "country": "United States", "company": null, "latitude": 45.0, "longitude": -123.0,
           "name": "Robin Shopper", "country_code": "US", "province_code": "OR"})
}

/// About 13 kB, with the parts that Shopify's bodies have.
fn order_body(brand: &Brand, placed_at: &str, order: usize) -> Value {
    let (id, Brand { shop, code, .. }) = (order_id(order), brand);
    let lines: Vec<Value> = (0..5)
        .map(|line| {
            json!({
                "id": id * 10 + line, "admin_graphql_api_id": format!("gid://shopify/LineItem/{}", id * 10 + line),
                "attributed_staffs": [], "current_quantity": 1, "fulfillable_quantity": 1,
                "fulfillment_service": "manual", "fulfillment_status": null, "gift_card": false, "grams": 250,
                "name": "Vitamin C serum - 30 ml", "price": "10.00", "price_set": price("10.00"),
                "product_exists": true, "product_id": 7_770_000 + line, "properties": [], "quantity": 1,
                "requires_shipping": true, "sku": format!("SERUM-{line}"), "taxable": true,
                "title": "Vitamin C serum", "total_discount": "0.00", "total_discount_set": price("0.00"),
                "variant_id": 8_880_000 + line, "variant_inventory_management": "shopify", "variant_title": "30 ml",
                "vendor": "Example Cosmetics",
                "tax_lines": [{"channel_liable": false, "price": "0.80", "price_set": price("0.80"), "rate": 0.08,
                               "title": "Oregon State Tax"}],
                "duties": [],
                "discount_allocations": [{"amount": "1.00", "amount_set": price("1.00"),
                                          "discount_application_index": 0}],
            })
        })
        .collect();
    json!({
        "id": id, "admin_graphql_api_id": format!("gid://shopify/Order/{id}"), "app_id": 580_111,
        "browser_ip": "192.0.2.1", "buyer_accepts_marketing": false, "cancel_reason": null, "cancelled_at": null,
        "cart_token": format!("cart-{order:032x}"), "checkout_id": null,
        "checkout_token": format!("checkout-{order:032x}"),
        "client_details": {"accept_language": "en-US", "browser_height": null, "browser_ip": "192.0.2.1",
            "browser_width": null, "session_hash": null,
            "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15"},
        "closed_at": null, "confirmation_number": format!("C{order:08}"), "confirmed": true,
        "contact_email": format!("shopper{order}@example.com"), "created_at": placed_at, "currency": "USD",
        "current_shipping_price_set": price("5.00"), "current_subtotal_price": "45.00",
        "current_subtotal_price_set": price("45.00"), "current_total_additional_fees_set": null,
        "current_total_discounts": "5.00", "current_total_discounts_set": price("5.00"),
        "current_total_duties_set": null, "current_total_price": "54.00",
        "current_total_price_set": price("54.00"), "current_total_tax": "4.00",
        "current_total_tax_set": price("4.00"), "customer_locale": "en-US", "device_id": null,
        "discount_codes": [{"code": "WELCOME10", "amount": "5.00", "type": "percentage"}],
        "duties_included": false, "email": format!("shopper{order}@example.com"), "estimated_taxes": false,
        "financial_status": "paid", "fulfillment_status": null,
        "landing_site": format!("/products/serum?variant=1&cs_ref={code}"), "landing_site_ref": null,
        "location_id": null, "merchant_of_record_app_id": null, "name": format!("#{}", 100_000 + order), "note": null,
        "note_attributes": [{"name": "_cs_pv", "value": visitor_of_order(order)}, {"name": "_cs_ref", "value": code}],
        "number": 99_000 + order, "order_number": 100_000 + order,
        "order_status_url": format!("https://{shop}/12345/orders/{order:032x}/authenticate?key=abc"),
        "original_total_additional_fees_set": null, "original_total_duties_set": null,
        "payment_gateway_names": ["shopify_payments"], "phone": null, "po_number": null,
        "presentment_currency": "USD", "processed_at": placed_at, "reference": null,
        "referring_site": "https://www.instagram.com/", "source_identifier": null, "source_name": "web",
        "source_url": null, "subtotal_price": "45.00", "subtotal_price_set": price("45.00"), "tags": "",
        "tax_exempt": false,
        "tax_lines": [{"price": "4.00", "rate": 0.08, "title": "Oregon State Tax", "price_set": price("4.00"),
                       "channel_liable": false}],
        "taxes_included": false, "test": false, "token": format!("{order:032x}"),
        "total_cash_rounding_payment_adjustment_set": price("0.00"), "total_discounts": "5.00",
        "total_discounts_set": price("5.00"), "total_line_items_price": "50.00",
        "total_line_items_price_set": price("50.00"), "total_outstanding": "0.00", "total_price": "54.00",
        "total_price_set": price("54.00"), "total_shipping_price_set": price("5.00"), "total_tax": "4.00",
        "total_tax_set": price("4.00"), "total_tip_received": "0.00", "total_weight": 1_250,
        "updated_at": placed_at, "user_id": null, "billing_address": address(order),
        "customer": {"id": customer_id(order), "email": format!("shopper{order}@example.com"),
            "created_at": placed_at, "updated_at": placed_at, "first_name": "Robin", "last_name": "Shopper",
            "state": "disabled", "note": null, "verified_email": true, "multipass_identifier": null,
            "tax_exempt": false, "phone": null, "currency": "USD", "tax_exemptions": [],
            "admin_graphql_api_id": format!("gid://shopify/Customer/{order}"), "default_address": address(order)},
        "discount_applications": [{"target_type": "line_item", "type": "discount_code", "value": "10.0",
            "value_type": "percentage", "allocation_method": "across", "target_selection": "all",
            "code": "WELCOME10"}],
        "fulfillments": [], "line_items": lines, "payment_terms": null, "refunds": [],
        "shipping_address": address(order),
        "shipping_lines": [{"id": id, "carrier_identifier": null, "code": "Standard",
            "current_discounted_price_set": price("5.00"), "discounted_price": "5.00",
            "discounted_price_set": price("5.00"), "is_removed": false, "phone": null, "price": "5.00",
            "price_set": price("5.00"), "requested_fulfillment_service_id": null, "source": "shopify",
            "title": "Standard", "tax_lines": [], "discount_allocations": []}],
        "returns": [],
    })
}
