//! Small parts that several pages share.

use leptos::prelude::*;

use crate::{icon, language::t};

/// A button that copies a text. Without script it is not there, and the text beside it can be selected.
pub(crate) fn copy_button(text: impl Into<String>, what: &str) -> AnyView {
    let label = t!("component-copy-what", what = what);
    view! {
        <copy-button value=text.into() data-copied=t!("component-copied") data-by-hand=t!("component-copy-by-hand")>
            <button type="button" class="quiet" aria-label=label hidden="">{icon::COPY()}<span>{t!("component-copy")}</span></button>
        </copy-button>
    }
    .into_any()
}

/// A form behind a question: the button opens it, so that nothing is deleted by one slip. Works without script.
pub(crate) fn confirm(
    button: impl Into<String>,
    question: impl Into<String>,
    form: impl IntoView + 'static,
) -> AnyView {
    view! {
        <details class="confirm">
            <summary class="quiet critical">{button.into()}</summary>
            <div class="popover"><p>{question.into()}</p>{form.into_view()}</div>
        </details>
    }
    .into_any()
}

/// A menu of further actions behind "⋯".
pub(crate) fn more_menu(label: impl Into<String>, items: impl IntoView + 'static) -> AnyView {
    view! {
        <details class="more">
            <summary aria-label=label.into()>"⋯"</summary>
            <div class="popover">{items.into_view()}</div>
        </details>
    }
    .into_any()
}

/// One figure with its label; `change` and `note` may be empty.
pub(crate) fn tile(label: impl Into<String>, value: impl Into<String>, note: impl Into<String>) -> AnyView {
    let note = note.into();
    view! {
        <div class="tile">
            <dt>{label.into()}</dt>
            <dd class="value">{value.into()}</dd>
            {(!note.is_empty()).then(|| view! { <dd class="note">{note}</dd> })}
        </div>
    }
    .into_any()
}

/// A row of [`tile`]s.
pub(crate) fn tiles(tiles: Vec<AnyView>) -> AnyView {
    view! { <dl class="tiles">{tiles}</dl> }.into_any()
}

/// A section with a heading.
pub(crate) fn card(heading: impl Into<String>, content: impl IntoView + 'static) -> AnyView {
    view! { <section class="card"><h2>{heading.into()}</h2>{content.into_view()}</section> }.into_any()
}

/// A part of a page that looks again until it is finished, and then says so with `finished`, unless that is empty. Without script
/// it stays as it is. `name` is unique on its page.
pub(crate) fn live_part(
    name: &'static str,
    is_unfinished: bool,
    finished: String,
    content: impl IntoView + 'static,
) -> AnyView {
    let unfinished = is_unfinished.then_some("");
    let by_hand = is_unfinished.then(|| view! { <noscript><p class="subdued">{t!("component-reload")}</p></noscript> });
    view! {
        <live-part id=name data-unfinished=unfinished data-finished=finished>{content.into_view()}</live-part>
        {by_hand}
    }
    .into_any()
}

/// What stands in an empty place: what would be here, and what to do next.
pub(crate) fn empty(
    heading: impl Into<String>,
    text: impl Into<String>,
    action: Option<(&'static str, String)>,
) -> AnyView {
    view! {
        <div class="empty">
            <h2>{heading.into()}</h2>
            <p>{text.into()}</p>
            {action.map(|(href, label)| view! { <p><a class="button primary" href=href>{label}</a></p> })}
        </div>
    }
    .into_any()
}

/// A small word about a state: `tone` is `good`, `bad`, `warning`, or empty.
pub(crate) fn chip(text: impl Into<String>, tone: &'static str) -> AnyView {
    view! { <span class=format!("chip {tone}")>{text.into()}</span> }.into_any()
}

/// A form for the period. It is kept in the address, so that a view can be bookmarked.
pub(crate) fn period_form(address: &crate::address::Address, from: String, to: String, zone: &str) -> AnyView {
    let kept = address.kept(&["from", "to"]);
    let kept = kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let kept = kept.collect_view();
    view! {
        <form method="get" action=address.path().to_owned() class="filters">
            {kept}
            <label>{t!("component-from")}" " <input type="date" name="from" value=from /></label>
            <label>{t!("component-to")}" " <input type="date" name="to" value=to /></label>
            <button type="submit">{t!("component-apply")}</button>
            <small class="subdued">{t!("component-time-zone", zone = zone)}</small>
        </form>
    }
    .into_any()
}
