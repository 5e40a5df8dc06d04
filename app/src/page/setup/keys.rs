//! API keys.

use domain::api_key::{KeyKind, KeyRecord};
use leptos::prelude::*;

use crate::{
    component::{card as titled, chip, confirm, copy_button, empty},
    form::{Form, FormState},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// A key that was just made. It is shown here only.
pub(super) fn new_key(key: String) -> AnyView {
    view! {
        <div class="banner success" role="status">
            <p>"Your new key. Store it now: it is not shown again."</p>
            <p><span class="code" data-testid="new-key">{key.clone()}</span> " " {copy_button(key, "the new key")}</p>
        </div>
    }
    .into_any()
}

fn row(request: &BrandRequest, key: &KeyRecord) -> Row {
    let id = key.id.0.clone();
    let kind = match key.kind {
        KeyKind::Pixel => "Pixel",
        KeyKind::Server => "Server",
    };
    let (state, revoke) = if let Some(at) = key.revoked_at {
        (Cell::view("Revoked", view! { "Revoked "{request.moment(at)} }), None)
    } else {
        let form = FormState::default().form("revoke-key");
        let question = "Whatever uses it is refused from then on. This cannot be undone.";
        let send = view! { <form method="post">{Form::hidden("id", id.clone())} {form.button("Revoke key", "critical")}</form> };
        (Cell::view("Works", chip("Works", "good")), Some(confirm("Revoke", question, send)))
    };
    let code = view! { <span class="code">{format!("…{id}…")}</span> };
    Row::new([
        Cell::view(id, code),
        Cell::text(kind),
        Cell::text(if key.is_test { "Test" } else { "Live" }),
        Cell::view(request.moment_text(key.created_at), request.moment(key.created_at)).sorted_by(key.created_at.0),
        state,
        Cell::view("", revoke),
    ])
    .muted(key.revoked_at.is_some())
}

/// The brand's keys.
pub(super) fn table(request: &BrandRequest, keys: &[KeyRecord]) -> Table {
    let columns = [
        Column::text("key", "Key"),
        Column::text("type", "Type"),
        Column::text("mode", "Mode"),
        Column::number("created", "Created"),
        Column::text("state", "State"),
        Column::actions("Actions"),
    ];
    let rows: Vec<Row> = keys.iter().map(|key| row(request, key)).collect();
    let none = empty("No keys yet", "The pixel needs a pixel key. Your own systems need a server key.", None);
    Table::new("API keys", columns).rows(rows).empty(none).named("keys")
}

/// The brand's keys, and the form of a new one.
pub(super) fn card(request: &BrandRequest, state: &FormState, keys: &[KeyRecord]) -> AnyView {
    let form = state.form("create-key").initial("kind", KeyKind::Pixel.as_str());
    let kinds = [
        (KeyKind::Pixel.as_str().to_owned(), "Pixel key".to_owned()),
        (KeyKind::Server.as_str().to_owned(), "Server key".to_owned()),
    ];
    let refused = state.form("revoke-key").all_faults();
    titled(
        "API keys",
        view! {
            <p class="subdued">"A pixel key is public and can only report what shoppers do. A server key is secret: the sales and refunds it reports are trusted."</p>
            {refused}
            {form.summary(&["Type"])}
            <form method="post">
                <div class="fields">
                    {form.select("kind", "Type", &kinds, "", "")}
                    {form.checkbox("test", "Test key", "Its records are left out of all figures.")}
                </div>
                {form.submit("Create key")}
            </form>
            {table(request, keys).view(&request.address)}
        },
    )
}
