//! API keys.

use domain::{
    account::Role,
    api_key::{KeyKind, KeyRecord},
};
use leptos::prelude::*;

use crate::{
    component::{card as titled, chip, confirm, copy_button, empty},
    form::{Form, FormState, label},
    language::{Message, rich, t},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// A key that was just made. It is shown here only.
pub(super) fn new_key(key: String) -> AnyView {
    view! {
        <div class="banner success" role="status">
            <p>{t!("setup-new-key")}</p>
            <p><span class="code" data-testid="new-key">{key.clone()}</span> " " {copy_button(key, &t!("setup-the-new-key"))}</p>
        </div>
    }
    .into_any()
}

/// What a type of keys is called in the table.
const fn kind_name(kind: KeyKind) -> Message {
    Message(match kind {
        KeyKind::Pixel => "setup-kind-pixel",
        KeyKind::Server => "setup-kind-server",
    })
}

fn row(request: &BrandRequest, key: &KeyRecord) -> Row {
    let id = key.id.0.clone();
    let (state, revoke) = if let Some(at) = key.revoked_at {
        (Cell::view(t!("setup-revoked"), rich!("setup-revoked-at", moment = request.moment(at))), None)
    } else {
        let form = FormState::default().form("revoke-key");
        let send = form.button(t!("setup-revoke-key"), "critical");
        let send = view! { <form method="post">{Form::hidden("id", id.clone())} {send}</form> };
        let revoke = confirm(t!("setup-revoke"), t!("setup-revoke-text"), send);
        (Cell::view(t!("setup-works"), chip(t!("setup-works"), "good")), Some(revoke))
    };
    let code = view! { <span class="code">{format!("…{id}…")}</span> };
    Row::new([
        Cell::view(id, code),
        Cell::text(kind_name(key.kind).text()),
        Cell::text(if key.is_test { t!("setup-test") } else { t!("setup-live") }),
        Cell::view(request.moment_text(key.created_at), request.moment(key.created_at)).sorted_by(key.created_at.0),
        state,
        Cell::view("", revoke),
    ])
    .muted(key.revoked_at.is_some())
}

/// The brand's keys.
pub(super) fn table(request: &BrandRequest, keys: &[KeyRecord]) -> Table {
    let columns = [
        Column::text("key", t!("setup-key")),
        Column::text("type", t!("setup-type")),
        Column::text("mode", t!("setup-mode")),
        Column::number("created", t!("setup-created")),
        Column::text("state", t!("setup-state")),
        Column::actions(t!("setup-actions")),
    ];
    let rows: Vec<Row> = keys.iter().map(|key| row(request, key)).collect();
    let none = empty(t!("setup-no-keys"), t!("setup-no-keys-text"), None);
    Table::new(t!("setup-keys"), columns).rows(rows).empty(none).named("keys")
}

/// The brand's keys, and the form of a new one.
pub(super) fn card(request: &BrandRequest, state: &FormState, keys: &[KeyRecord]) -> AnyView {
    let form = state.form("create-key").initial("kind", KeyKind::Pixel.as_str());
    let kinds = [
        (KeyKind::Pixel.as_str().to_owned(), t!("setup-pixel-key")),
        (KeyKind::Server.as_str().to_owned(), t!("setup-server-key")),
    ];
    let refused = state.form("revoke-key").all_faults();
    let is_member = request.caller.role() == Role::Member;
    titled(
        t!("setup-keys"),
        view! {
            <p class="subdued">{t!("setup-keys-text")}</p>
            {refused}
            {form.summary(&[label("setup-type")])}
            {is_member.then(|| view! { <p class="banner">{t!("setup-keys-owners-only")}</p> })}
            <fieldset class="whole" disabled=is_member>
                <form method="post">
                    <div class="fields">
                        {form.select("kind", label("setup-type"), &kinds, "", "")}
                        {form.checkbox("test", t!("setup-test-key"), t!("setup-test-key-hint"))}
                    </div>
                    {form.submit(t!("setup-create-key"))}
                </form>
                {table(request, keys).view(&request.address)}
            </fieldset>
        },
    )
}
