//! The admin: install the app, open it in a frame, change orders.

use std::sync::Arc;

use axum::{
    Form, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    graphql,
    html::{admin_page, escape},
    oauth,
    state::{Attempt, Devshop, now_rfc3339, now_s},
    storefront::money,
    webhook,
};

pub(crate) fn routes(devshop: Arc<Devshop>) -> Router {
    Router::new()
        .route("/", get(oauth::root))
        .route("/app-bridge.js", get(oauth::app_bridge))
        .route("/session-token", get(oauth::get_session_token))
        .route("/grant", post(oauth::grant))
        .route("/shops/{shop}/admin/oauth/authorize", get(oauth::authorize))
        .route("/shops/{shop}/admin/oauth/access_token", post(oauth::access_token))
        .route("/shops/{shop}/admin/api/2026-10/graphql.json", post(graphql::answer))
        .route("/store/{name}", get(home))
        .route("/store/{name}/install", post(install))
        .route("/store/{name}/uninstall", post(uninstall))
        .route("/store/{name}/theme", post(theme))
        .route("/store/{name}/orders/{id}/{action}", post(change_order))
        .route("/store/{name}/apps/{client_id}", get(app_home))
        .route("/store/{name}/apps/{client_id}/{*path}", get(app_page))
        .with_state(devshop)
}

/// A page of the admin: the menu, a title bar, and the content. `kind` is the content's class.
fn frame(devshop: &Devshop, title: &str, kind: &str, content: &str) -> Html<String> {
    let name = escape(&devshop.settings.name);
    let is_home = kind.is_empty();
    let current = |is_current: bool| if is_current { " aria-current=\"page\"" } else { "" };
    let app = if devshop.memory().is_installed {
        format!(
            "<p>Apps</p><a href=\"/store/{name}/apps/{}\">CreatorScore</a><div id=\"menu\"></div>",
            escape(&devshop.settings.client_id)
        )
    } else {
        String::new()
    };
    let body = format!(
        "<div class=\"admin\"><nav class=\"menu\" aria-label=\"Admin\"><p class=\"shop\">{name}</p>\
         <a href=\"/store/{name}\"{}>Home</a><a href=\"{}\" target=\"_blank\">Storefront ↗</a>{app}</nav>\
         <div class=\"stage\"><header class=\"title\"><span>{title}</span><span id=\"title\"></span></header>\
         <main class=\"{kind}\">{content}</main></div></div>",
        current(is_home),
        escape(&devshop.settings.storefront_url)
    );
    admin_page(&format!("{title} · devshop"), &body)
}

async fn home(State(devshop): State<Arc<Devshop>>) -> Html<String> {
    let name = escape(&devshop.settings.name);
    let (is_installed, key) = {
        let memory = devshop.memory();
        (memory.is_installed, memory.pixel_key.clone())
    };
    let app = if is_installed {
        format!(
            "<p>CreatorScore is installed.</p><form method=\"post\" action=\"/store/{name}/uninstall\"><button>Uninstall CreatorScore</button></form>"
        )
    } else {
        format!(
            "<form method=\"post\" action=\"/store/{name}/install\"><button class=\"primary\">Install CreatorScore</button></form>\
             <p><a href=\"{}/auth?shop={}\">Install through the authorization-code flow</a></p>",
            escape(&devshop.settings.app_url),
            escape(&devshop.settings.shop)
        )
    };
    let content = format!(
        "<section class=\"card\"><h2>Apps</h2>{app}</section>\
         <section class=\"card\"><h2>Theme</h2><p>Key of the CreatorScore pixel on the storefront:</p>\
         <form method=\"post\" action=\"/store/{name}/theme\"><input name=\"pixel_key\" size=\"40\" aria-label=\"Pixel key\" value=\"{}\"> \
         <button>Save theme</button></form></section>\
         <section class=\"card\"><h2>Orders</h2>{}</section>\
         <section class=\"card\"><h2>Webhook deliveries</h2>{}</section>",
        escape(&key),
        order_table(&devshop),
        delivery_log(&devshop)
    );
    frame(&devshop, &name, "", &content)
}

/// The orders placed in the storefront, with what the merchant may do to them.
fn order_table(devshop: &Devshop) -> String {
    let name = escape(&devshop.settings.name);
    let orders = devshop.memory().orders.clone();
    if orders.is_empty() {
        return "<p>None yet: buy something in the storefront.</p>".to_owned();
    }
    let row = |order: &Value| {
        let id = order["id"].as_u64().unwrap_or(0);
        let button = |action: &str, label: &str| {
            format!(
                "<form method=\"post\" action=\"/store/{name}/orders/{id}/{action}\"><button>{label}</button></form>"
            )
        };
        let cell = |text: &Value| escape(text.as_str().unwrap_or(""));
        format!(
            "<tr><td>{}</td><td>{}</td><td>{} {}</td><td>{}{}{}</td></tr>",
            cell(&order["name"]),
            cell(&order["email"]),
            cell(&order["total_price"]),
            cell(&order["currency"]),
            button("resend", "Resend webhook"),
            button("refund", "Refund 10.00"),
            button("cancel", "Cancel")
        )
    };
    format!("<table>{}</table>", orders.iter().rev().map(row).collect::<String>())
}

/// The latest attempts to deliver webhooks.
fn delivery_log(devshop: &Devshop) -> String {
    let attempts = devshop.memory().attempts.clone();
    if attempts.is_empty() {
        return "<p>None yet.</p>".to_owned();
    }
    let row = |attempt: &Attempt| format!("<li>{}: {}</li>", escape(&attempt.topic), escape(&attempt.status));
    format!("<ul>{}</ul>", attempts.iter().rev().take(20).map(row).collect::<String>())
}

async fn install(State(devshop): State<Arc<Devshop>>) -> Redirect {
    {
        let mut memory = devshop.memory();
        memory.is_installed = true;
        memory.is_managed = true;
    }
    Redirect::to(&format!("/store/{}/apps/{}", devshop.settings.name, devshop.settings.client_id))
}

async fn uninstall(State(devshop): State<Arc<Devshop>>) -> Redirect {
    webhook::send(&devshop, "app/uninstalled", &json!({ "id": 954_889, "myshopify_domain": devshop.settings.shop }));
    {
        let mut memory = devshop.memory();
        memory.is_installed = false;
        memory.access_tokens.clear();
        memory.refresh_tokens.clear();
        memory.subscriptions.clear();
    }
    Redirect::to(&format!("/store/{}", devshop.settings.name))
}

#[derive(Deserialize)]
struct Theme {
    pixel_key: String,
}

async fn theme(State(devshop): State<Arc<Devshop>>, Form(theme): Form<Theme>) -> Redirect {
    theme.pixel_key.trim().clone_into(&mut devshop.memory().pixel_key);
    Redirect::to(&format!("/store/{}", devshop.settings.name))
}

async fn change_order(
    State(devshop): State<Arc<Devshop>>,
    Path((_, id, action)): Path<(String, u64, String)>,
) -> Response {
    let mut order = {
        let memory = devshop.memory();
        match memory.orders.iter().find(|order| order["id"] == json!(id)) {
            Some(order) => order.clone(),
            None => return StatusCode::NOT_FOUND.into_response(),
        }
    };
    match action.as_str() {
        "resend" => webhook::send(&devshop, "orders/create", &order),
        "cancel" => {
            order["cancelled_at"] = json!(now_rfc3339());
            order["updated_at"] = json!(now_rfc3339());
            webhook::send(&devshop, "orders/cancelled", &order);
        }
        "refund" => {
            let refund: Value = json!({
                "id": devshop.next_number(), "order_id": id, "created_at": now_rfc3339(), "refund_line_items": [],
                "transactions": [{ "kind": "refund", "status": "success", "amount": money(1000), "currency": order["currency"] }],
            });
            webhook::send(&devshop, "refunds/create", &refund);
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    }
    Redirect::to(&format!("/store/{}", devshop.settings.name)).into_response()
}

async fn app_home(State(devshop): State<Arc<Devshop>>) -> Response {
    show_app(&devshop, "brand/attribution")
}

async fn app_page(State(devshop): State<Arc<Devshop>>, Path((_, _, path)): Path<(String, String, String)>) -> Response {
    show_app(&devshop, &path)
}

/// Shows the app in a frame on another origin, with a session token in its URL. The surrounding page implements the
/// admin's side of App Bridge.
fn show_app(devshop: &Devshop, path: &str) -> Response {
    let settings = &devshop.settings;
    if !devshop.memory().is_installed {
        return Redirect::to(&format!("/store/{}", settings.name)).into_response();
    }
    let mut pairs = vec![
        ("embedded".to_owned(), "1".to_owned()),
        ("host".to_owned(), devshop.host()),
        ("id_token".to_owned(), oauth::session_token(devshop)),
        ("locale".to_owned(), "en".to_owned()),
        ("shop".to_owned(), settings.shop.clone()),
        ("timestamp".to_owned(), format!("{:.0}", now_s().floor())),
    ];
    let hmac = shopify::signature::sign_query(&settings.client_secret, &pairs);
    pairs.push(("hmac".to_owned(), hmac));
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let source = format!("{}/{path}?{}", settings.app_url, query.join("&"));
    let content = format!(
        "<iframe title=\"CreatorScore\" src=\"{}\"></iframe>\
         <div class=\"savebar\" id=\"save-bar\" hidden><span>Unsaved changes</span>\
         <button data-action=\"discard\">Discard</button><button data-action=\"save\">Save</button></div>\
         <div class=\"toasts\" id=\"toasts\" role=\"status\"></div>\
         <script>{}({});</script>",
        escape(&source),
        include_str!("admin_frame.js").trim(),
        json!(settings.app_url)
    );
    frame(devshop, "CreatorScore", "app", &content).into_response()
}
