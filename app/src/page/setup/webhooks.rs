//! Webhook endpoints: where events are sent, whether they arrive, and the form of a new one.

use axum::response::Response;
use domain::{
    EndpointId,
    account::Role,
    webhook::{DisabledReason, Endpoint, EndpointStatus, TypeFilter},
};
use flow::{
    FlowError,
    webhook::{EndpointEdit, NewEndpoint, TypeNames, WebhookAdmin, host_of},
};
use leptos::prelude::*;

use super::{PATH, TESTER};
use crate::{
    component::{card as titled, chip, confirm, copy_button, empty, more_menu},
    form::{Field, Form, FormState, Input, Label, Posted, done, label},
    language::{Message, rich, t},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// The page of an endpoint.
pub(super) fn path_of(id: &EndpointId) -> String {
    format!("{PATH}/webhooks/{id}")
}

/// The types that were entered; all if none was.
pub(super) fn posted_types(posted: &Posted) -> TypeNames {
    let names: Vec<String> = posted.get("types").split([',', ' ', '\n', '\r']).map(str::to_owned).collect();
    let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    if names.is_empty() { TypeNames::All } else { TypeNames::Some(names) }
}

/// Creates an endpoint from the form. Returns its secret, which is shown once.
pub(super) async fn create(request: &BrandRequest, posted: &Posted) -> Result<String, FlowError> {
    let new = NewEndpoint {
        url: posted.text("url"),
        types: posted_types(posted),
        description: posted.text("description"),
        ..NewEndpoint::default()
    };
    let admin = WebhookAdmin::try_from(&request.caller)?;
    Ok(request.flow.webhooks().create(&admin, &new).await?.1.reveal())
}

/// What just happened to an endpoint.
pub(super) fn what_was_done(done: &str) -> Option<AnyView> {
    let text = match done {
        "endpoint-enabled" => t!("setup-endpoint-was-enabled"),
        "endpoint-disabled" => t!("setup-endpoint-was-disabled"),
        "endpoint-tested" => t!("setup-endpoint-was-tested"),
        "endpoint-removed" => t!("setup-endpoint-was-removed"),
        _ => return None,
    };
    Some(text.into_any())
}

/// What a button of an endpoint does, which stands on the page at `path`.
pub(super) async fn change(
    request: &BrandRequest,
    posted: &Posted,
    id: &EndpointId,
    path: &str,
) -> Result<Response, FlowError> {
    let admin = WebhookAdmin::try_from(&request.caller)?;
    let webhooks = request.flow.webhooks();
    let enabled = |is_enabled| EndpointEdit { is_enabled: Some(is_enabled), ..EndpointEdit::default() };
    Ok(match posted.action() {
        "enable-endpoint" => {
            webhooks.update(&admin, id, &enabled(true)).await?;
            done(path, "endpoint-enabled")
        }
        "disable-endpoint" => {
            webhooks.update(&admin, id, &enabled(false)).await?;
            done(path, "endpoint-disabled")
        }
        "test-endpoint" => {
            webhooks.send_test(&admin, id).await?;
            done(path, "endpoint-tested")
        }
        "remove-endpoint" => {
            webhooks.archive(&admin, id).await?;
            done(PATH, "endpoint-removed")
        }
        _ => return Err(posted.unknown_action()),
    })
}

/// The secret of an endpoint that was just created. It is shown here only.
pub(super) fn new_secret(secret: String) -> AnyView {
    view! {
        <div class="banner success" role="status">
            <p>{t!("setup-new-secret")}</p>
            <p><span class="code">{secret.clone()}</span> " " {copy_button(secret, &t!("setup-the-new-secret"))}</p>
        </div>
    }
    .into_any()
}

const fn reason(reason: DisabledReason) -> Message {
    Message(match reason {
        DisabledReason::Manual => "setup-endpoint-by-hand",
        DisabledReason::Gone => "setup-endpoint-gone",
        DisabledReason::Asked => "setup-endpoint-asked",
        DisabledReason::Failing => "setup-endpoint-gave-up",
    })
}

/// Whether events arrive.
pub(super) fn state(request: &BrandRequest, endpoint: &Endpoint) -> (String, AnyView) {
    match (endpoint.status, endpoint.failing_since) {
        (EndpointStatus::Disabled { at, reason: why }, _) => {
            let text = t!("setup-endpoint-off");
            let note = rich!("setup-endpoint-since", moment = request.moment(at), reason = reason(why).text());
            (text.clone(), view! { {chip(text, "bad")} <small>{note}</small> }.into_any())
        }
        (EndpointStatus::Enabled, Some(since)) => {
            let text = t!("setup-endpoint-fails");
            let note = rich!("setup-endpoint-fails-since", moment = request.moment(since));
            // The type of the last event and what was answered, as the API has it.
            let warning = endpoint.warning.as_ref().map(|warning| view! { <small>{warning.text.clone()}</small> });
            (text.clone(), view! { {chip(text, "warning")} <small>{note}</small> {warning} }.into_any())
        }
        (EndpointStatus::Enabled, None) => {
            let text = t!("setup-works");
            (text.clone(), chip(text, "good"))
        }
    }
}

/// The types that an endpoint gets.
pub(super) fn types_text(types: &TypeFilter) -> String {
    match types {
        TypeFilter::All => t!("setup-endpoint-all"),
        TypeFilter::Some(types) => types.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", "),
    }
}

fn row(request: &BrandRequest, endpoint: &Endpoint) -> Row {
    let button = |action: &'static str, text: String, class: &'static str| {
        let send = FormState::default().form(action).button(text, class);
        view! { <form method="post">{Form::hidden("id", endpoint.id.to_string())} {send}</form> }.into_any()
    };
    let is_enabled = endpoint.status == EndpointStatus::Enabled;
    let switch = if is_enabled {
        button("disable-endpoint", t!("setup-endpoint-disable"), "quiet")
    } else {
        button("enable-endpoint", t!("setup-endpoint-enable"), "quiet")
    };
    let test = is_enabled.then(|| button("test-endpoint", t!("setup-endpoint-test"), "quiet"));
    let remove = confirm(
        t!("setup-endpoint-remove"),
        t!("setup-endpoint-remove-text"),
        button("remove-endpoint", t!("setup-endpoint-remove"), "critical"),
    );
    // Addresses of automation tools are secrets: whoever has one can post to it.
    let is_member = request.caller.role() == Role::Member;
    let address = if is_member { host_of(&endpoint.url) } else { endpoint.url.clone() };
    let address = Cell::text(address).note(endpoint.description.clone());
    let (text, state) = state(request, endpoint);
    Row::new([
        if is_member { address } else { address.href(path_of(&endpoint.id)) },
        Cell::text(types_text(&endpoint.types)),
        Cell::view(text, state),
        Cell::view("", view! { {more_menu(t!("setup-actions"), view! { {test} {switch} {remove} })} }),
    ])
    .muted(!is_enabled)
}

/// The brand's endpoints.
pub(super) fn table(request: &BrandRequest, endpoints: &[Endpoint]) -> Table {
    let columns = [
        Column::text("url", t!("setup-endpoint-url")),
        Column::text("types", t!("setup-endpoint-types")),
        Column::text("state", t!("setup-state")),
        Column::actions(t!("setup-actions")),
    ];
    let rows: Vec<Row> = endpoints.iter().map(|endpoint| row(request, endpoint)).collect();
    let none = empty(t!("setup-no-endpoints"), t!("setup-no-endpoints-text"), None);
    Table::new(t!("setup-endpoints"), columns).rows(rows).empty(none).named("endpoints")
}

/// What the fields of an endpoint are called.
pub(super) fn labels() -> [Label; 3] {
    [label("setup-endpoint-url"), label("setup-endpoint-types"), label("setup-endpoint-description")]
}

/// The fields of an endpoint.
pub(super) fn fields(form: &Form, [url, types, description]: [Label; 3]) -> AnyView {
    let url = Field::new("url", url).input(Input::Url).required().length_max(2_048);
    view! {
        <div class="fields">
            {form.field(url.placeholder("https://example.com/webhooks"))}
            {form.field(Field::new("types", types).length_max(2_048).hint(t!("setup-endpoint-types-hint")))}
            {form.field(Field::new("description", description))}
        </div>
    }
    .into_any()
}

/// The brand's endpoints, and the form of a new one.
pub(super) fn card(request: &BrandRequest, state: &FormState, endpoints: &[Endpoint]) -> AnyView {
    let form = state.form("create-endpoint");
    let labels = labels();
    let is_member = request.caller.role() == Role::Member;
    let docs = view! { <a href="/docs/api/outgoing-webhooks">{t!("setup-endpoints-how")}</a> }.into_any();
    let tester = view! { <a href=TESTER>{t!("setup-endpoints-tester")}</a> }.into_any();
    titled(
        t!("setup-endpoints"),
        view! {
            <p class="subdued">{rich!("setup-endpoints-text", link = docs)}</p>
            {(!is_member).then(|| view! { <p class="subdued">{rich!("setup-endpoints-try", link = tester)}</p> })}
            {form.summary(&labels)}
            {is_member.then(|| view! { <p class="banner">{t!("setup-endpoints-owners-only")}</p> })}
            <fieldset class="whole" disabled=is_member>
                <form method="post">
                    {fields(&form, labels)}
                    {form.submit(t!("setup-create-endpoint"))}
                </form>
                {table(request, endpoints).view(&request.address)}
            </fieldset>
        },
    )
}
