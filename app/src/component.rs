//! Components shared by several pages.

use leptos::prelude::*;
use leptos_router::{
    components::{A, Form},
    hooks::{use_navigate, use_query_map},
};

use crate::{
    error::AppError,
    sample_banner::SampleBanner,
    view::{BarView, FiguresView, GridView, PeriodView, RowView},
};

/// The pages of a brand, in menu order: path and label.
const PAGES: [(&str, &str); 10] = [
    ("/brand/attribution", "Overview"),
    ("/brand/attribution/links", "Tracking links"),
    ("/brand/attribution/creators", "Creators"),
    ("/brand/attribution/orders", "Orders"),
    ("/brand/attribution/models", "Models"),
    ("/brand/attribution/commissions", "Commissions"),
    ("/brand/attribution/payouts", "Payouts"),
    ("/brand/attribution/survey", "Survey"),
    ("/brand/attribution/settings", "Settings"),
    ("/brand/attribution/setup", "Setup"),
];

/// Follows the Shopify admin's menu without reloading the document, which would cost a session-token round trip.
#[component]
pub(crate) fn NavigationFromAdmin() -> impl IntoView {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let handle = window_event_listener_untyped("shopify:navigate", move |event| {
            let href = event
                .target()
                .and_then(|target| leptos::wasm_bindgen::JsCast::dyn_into::<leptos::web_sys::Element>(target).ok())
                .and_then(|element| element.get_attribute("href"));
            if let Some(href) = href.filter(|href| href.starts_with('/')) {
                navigate(&href, leptos_router::NavigateOptions::default());
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Layout of a brand's page: menu, heading, content. Inside the Shopify admin, the admin shows the menu.
#[component]
pub(crate) fn BrandPage(
    /// Heading and title.
    #[prop(into)]
    heading: String,
    /// The content.
    children: Children,
) -> impl IntoView {
    let items = || PAGES.map(|(href, label)| view! { <a href=href>{label}</a> }).collect_view();
    let links = PAGES.map(|(href, label)| view! { <li><A href=href exact=true>{label}</A></li> }).collect_view();
    view! {
        <leptos_meta::Title text=heading.clone() />
        <a class="skip" href="#content">"Skip to content"</a>
        <s-app-nav>{items()}</s-app-nav>
        <header class="bar">
            <span class="logo">"CreatorScore"</span>
            <nav aria-label="Main">
                <ul>{links}</ul>
            </nav>
            <form method="post" action="/sign-out">
                <button class="quiet" type="submit">"Sign out"</button>
            </form>
        </header>
        <SampleBanner />
        <main id="content">
            <h1>{heading}</h1>
            {children()}
        </main>
    }
}

/// A text as a URL, for a download link.
pub(crate) fn data_url(media_type: &str, text: &str) -> String {
    let percent_encoded: String = text
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    format!("data:{media_type};charset=utf-8,{percent_encoded}")
}

/// An error banner.
#[component]
pub(crate) fn ErrorBanner(
    /// What went wrong.
    error: AppError,
) -> impl IntoView {
    match error {
        AppError::Invalid(faults) => {
            let faults = faults.into_iter().map(|fault| view! { <li>{fault}</li> }).collect_view();
            view! { <div class="banner critical" role="alert"><ul>{faults}</ul></div> }.into_any()
        }
        other => view! { <div class="banner critical" role="alert">{other.to_string()}</div> }.into_any(),
    }
}

/// The result of an action: a success message or the error.
#[component]
pub(crate) fn Outcome<A>(
    /// The action.
    action: ServerAction<A>,
    /// Success message.
    done: &'static str,
) -> impl IntoView
where
    A: leptos::server_fn::ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    A::Output: Clone + Send + Sync + 'static,
{
    move || {
        action.value().get().map(|outcome| match outcome {
            Ok(_) => view! { <div class="banner success" role="status">{done}</div> }.into_any(),
            Err(error) => view! { <ErrorBanner error /> }.into_any(),
        })
    }
}

/// A table of formatted cells. The first cell of a row is its header; the others are right-aligned unless
/// [`GridView::is_text`].
#[component]
pub(crate) fn Grid(
    /// The table.
    grid: GridView,
    /// Text shown if there are no rows.
    empty: &'static str,
) -> impl IntoView {
    if grid.rows.is_empty() {
        return view! { <p class="subdued">{empty}</p> }.into_any();
    }
    let label = grid.label.clone();
    let heads = grid.columns.iter().map(|column| view! { <th scope="col">{column.clone()}</th> }).collect_view();
    let rows = grid
        .rows
        .into_iter()
        .map(|row| {
            let mut cells = row.cells.into_iter();
            let first = cells.next().unwrap_or_default();
            let head = match row.href {
                Some(href) => view! { <A href=href>{first}</A> }.into_any(),
                None => first.into_any(),
            };
            let cells = cells.map(|cell| view! { <td>{cell}</td> }).collect_view();
            view! {
                <tr>
                    <th scope="row">{head}{(!row.note.is_empty()).then(|| view! { <small>{row.note}</small> })}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=label>
            <table class:text=grid.is_text>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A bar chart as server-rendered SVG. Each bar has a title with its label and value.
#[component]
pub(crate) fn BarChart(
    /// What the chart shows.
    #[prop(into)]
    title: String,
    /// The bars.
    bars: Vec<BarView>,
) -> impl IntoView {
    let count = bars.len().max(1);
    // At most eight labels, so that they do not overlap.
    let every = count.div_ceil(8);
    // Labels are a separate SVG: the bars are stretched to the page width, which would distort text.
    let labels = bars
        .iter()
        .enumerate()
        .filter(|(index, _)| index.is_multiple_of(every) && (count - index > every / 2 || every == 1))
        .map(|(index, bar)| {
            #[expect(clippy::cast_precision_loss, reason = "at most 800 bars")]
            let x = 100.0 * (index as f64 + 0.15) / count as f64;
            view! { <text x=format!("{x:.2}%") y="12">{bar.label.clone()}</text> }
        })
        .collect_view();
    let width = 720.0_f64;
    #[expect(clippy::cast_precision_loss, reason = "at most 800 bars")]
    let step = width / count as f64;
    let shapes = bars
        .into_iter()
        .enumerate()
        .map(|(index, bar)| {
            #[expect(clippy::cast_precision_loss, reason = "at most 800 bars")]
            let x = index as f64 * step;
            let height = f64::from(bar.height) * 0.14;
            view! {
                <g>
                    <title>{format!("{}: {}", bar.label, bar.value)}</title>
                    <rect class="hit" x=format!("{x:.1}") y="0" width=format!("{step:.1}") height="150"></rect>
                    <rect
                        class="bar"
                        x=format!("{:.1}", x + step * 0.15)
                        y=format!("{:.1}", 150.0 - height)
                        width=format!("{:.1}", step * 0.7)
                        height=format!("{height:.1}")
                        rx="2"
                    ></rect>
                </g>
            }
        })
        .collect_view();
    view! {
        <figure class="chart">
            <figcaption>{title.clone()}</figcaption>
            <svg viewBox="0 0 720 151" role="img" aria-label=title preserveAspectRatio="none">
                <line x1="0" y1="150" x2="720" y2="150"></line>
                {shapes}
            </svg>
            <svg class="labels" aria-hidden="true">{labels}</svg>
        </figure>
    }
}

/// One key metric.
#[component]
pub(crate) fn Card(
    /// Label of the metric.
    label: &'static str,
    /// Formatted value.
    value: String,
    /// Note under the value.
    #[prop(into, default = String::new())]
    note: String,
) -> impl IntoView {
    view! {
        <div class="figure">
            <dt>{label}</dt>
            <dd class="value">{value}</dd>
            {(!note.is_empty()).then(|| view! { <dd class="note">{note}</dd> })}
        </div>
    }
}

/// The key metrics of a period.
#[component]
pub(crate) fn Cards(
    /// The figures.
    figures: FiguresView,
) -> impl IntoView {
    let bots = format!("{} bot and preview clicks excluded", figures.bot_clicks);
    view! {
        <dl class="figures">
            <Card label="Clicks" value=figures.clicks note=bots />
            <Card label="Unique clicks" value=figures.unique_clicks note="one per visitor, link and hour" />
            <Card label="Conversions" value=figures.conversions note="orders credited to a link" />
            <Card label="Revenue" value=figures.revenue note="net of refunds" />
            <Card label="Conversion rate" value=figures.conversion_rate note="conversions per unique click" />
        </dl>
    }
}

/// A table of figures per creator, campaign or link.
#[component]
pub(crate) fn Breakdown(
    /// Header of the first column.
    label: &'static str,
    /// The rows.
    rows: Vec<RowView>,
) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p class="subdued">"No data for this period."</p> }.into_any();
    }
    let rows = rows
        .into_iter()
        .map(|row| {
            let name = match row.href {
                Some(href) => view! { <A href=href>{row.name}</A> }.into_any(),
                None => view! { <span class="code">{row.name}</span> }.into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{name}<small>{row.note}</small></th>
                    <td>{row.figures.clicks}</td>
                    <td>{row.figures.unique_clicks}</td>
                    <td>{row.figures.conversions}</td>
                    <td>{row.figures.revenue}</td>
                    <td>{row.figures.conversion_rate}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=label>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{label}</th>
                        <th scope="col">"Clicks"</th>
                        <th scope="col">"Unique"</th>
                        <th scope="col">"Conversions"</th>
                        <th scope="col">"Revenue"</th>
                        <th scope="col">"Rate"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A form for the period. It is kept in the URL, so that a view can be bookmarked.
#[component]
pub(crate) fn PeriodForm(
    /// The period shown.
    period: PeriodView,
    /// The page's path.
    #[prop(into)]
    action: String,
) -> impl IntoView {
    view! {
        <Form method="GET" action=action attr:class="inline">
            <label>"From " <input type="date" name="from" value=period.from /></label>
            <label>"To " <input type="date" name="to" value=period.to /></label>
            <button type="submit">"Apply"</button>
            <small class="subdued">{format!("Time zone: {}", period.zone)}</small>
        </Form>
    }
}

/// The period (`from`, `to`) in the URL query; empty if not set.
pub(crate) fn period_in_query() -> impl Fn() -> (String, String) + Copy + Send + Sync + 'static {
    let query = use_query_map();
    move || query.with(|query| (query.get("from").unwrap_or_default(), query.get("to").unwrap_or_default()))
}

/// A button that copies a text to the clipboard.
#[component]
pub(crate) fn CopyButton(
    /// Text to copy.
    #[prop(into)]
    text: String,
    /// Name of the text, for screen readers.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    let (is_copied, set_copied) = signal(false);
    let copy = move |_| {
        let promise = window().navigator().clipboard().write_text(&text);
        leptos::task::spawn_local(async move {
            let done = wasm_bindgen_futures::JsFuture::from(promise).await;
            set_copied.set(done.is_ok());
        });
    };
    view! {
        <button type="button" class="quiet" on:click=copy aria-label=format!("Copy {what}")>
            {move || if is_copied.get() { "Copied" } else { "Copy" }}
        </button>
    }
}
