//! `/brand/attribution/settings/audit`: who changed what, in words.

mod words;

use std::collections::BTreeMap;

use axum::routing::get;
use flow::{
    FlowError,
    setup::{AUDIT_PREFIX, LoggedEntry},
};
use leptos::prelude::*;

use super::Routes;
use crate::{
    brand_layout::{BrandPage, SETTINGS_TABS},
    component::empty,
    error::PageResult,
    keyset_page::{KeysetPage, WHEN},
    language::t,
    picker::{Filter, filter_bar},
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

/// Most entries of a CSV file.
const CSV_ENTRIES_MAX: usize = 100_000;

pub(crate) fn routes() -> Routes {
    vec![("/brand/attribution/settings/audit", get(show))]
}

/// Names of what entries mention by id.
struct Names(BTreeMap<String, String>);

async fn names(request: &BrandRequest) -> Result<Names, FlowError> {
    let (flow, caller) = (&request.flow, &request.caller);
    let members = flow.accounts().members(caller).await?;
    let mut names: BTreeMap<String, String> =
        members.into_iter().map(|member| (member.account.to_string(), member.email)).collect();
    names.extend(flow.creators().list(caller).await?.into_iter().map(|one| (one.id.to_string(), one.name)));
    names.extend(flow.campaigns().list(caller).await?.into_iter().map(|one| (one.id.to_string(), one.name)));
    let links = flow.links().list(caller).await?;
    names.extend(links.into_iter().map(|link| (link.id.to_string(), format!("/{}", link.code))));
    Ok(Names(names))
}

impl Names {
    /// A text with ids replaced by names where they are known. Ids without a name are left out: they say nothing to a person.
    fn replace(&self, text: &str) -> String {
        let words = text.split(' ').filter_map(|word| {
            let bare = word.trim_end_matches([':', ',']);
            match self.0.get(bare) {
                Some(name) => Some(word.replacen(bare, name, 1)),
                None if words::is_id(bare) => None,
                None => Some(word.to_owned()),
            }
        });
        words.collect::<Vec<_>>().join(" ").trim().to_owned()
    }
}

async fn show(request: BrandRequest) -> PageResult {
    let about = asked_subject(&request);
    let names = names(&request).await?;
    if table(&request, &names, &[]).is_csv_wanted(&request.address) {
        return csv(&request, &names, about).await;
    }
    let page = KeysetPage::of(&request.address, AUDIT_PREFIX);
    let found = request.flow.setup().audit_log(&request.caller, page.keyset(), about).await?;
    let cut = page.cut(&request.address, found, |entry| entry.id.as_str());
    let table = table(&request, &names, &cut.rows).neighbours(cut.before, cut.after).sorted_by_database(&[WHEN]);
    let table = if about.is_some() {
        table.empty(view! { <p class="subdued">{t!("audit-none-of-kind")}</p> })
    } else {
        table.empty(empty(t!("audit-none"), t!("audit-none-text"), None))
    };
    let mut subjects = words::SUBJECTS.map(|(subject, label)| (subject.to_owned(), label.text()));
    subjects.sort_by(|(_, one), (_, other)| one.cmp(other));
    let filter = Filter::of("about", t!("audit-about"), subjects.into(), t!("audit-everything"));
    let content = view! {
        <p class="subdued">{t!("audit-lead")}</p>
        {filter_bar(&request.address, "", vec![filter])}
        {table.view(&request.address)}
    };
    Ok(BrandPage::new(t!("audit-title")).tabs(&SETTINGS_TABS).show(&request, content))
}

/// What the entries are to be about, if the address says so.
fn asked_subject(request: &BrandRequest) -> Option<&'static str> {
    let asked = request.address.get("about");
    words::SUBJECTS.into_iter().map(|(subject, _)| subject).find(|subject| *subject == asked)
}

/// The whole log, as it is filtered, as a file.
async fn csv(request: &BrandRequest, names: &Names, about: Option<&str>) -> PageResult {
    let mut entries: Vec<LoggedEntry> = Vec::new();
    loop {
        let portion = KeysetPage::portion(AUDIT_PREFIX, entries.last().map(|entry| entry.id.as_str()));
        let found = request.flow.setup().audit_log(&request.caller, &portion, about).await?;
        if found.is_empty() {
            break;
        }
        entries.extend(found);
        if entries.len() > CSV_ENTRIES_MAX {
            let fault =
                flow::Invalid::one(format!("this log has more than {CSV_ENTRIES_MAX} entries: filter it first"));
            return Err(FlowError::from(fault).into());
        }
    }
    table(request, names, &entries).csv(&request.address, "audit-log")
}

fn table(request: &BrandRequest, names: &Names, entries: &[LoggedEntry]) -> Table {
    // The database pages the log, by time.
    let columns =
        [Column::text("", t!("audit-what")), Column::text("", t!("audit-by")), Column::number(WHEN, t!("audit-when"))];
    let rows = entries.iter().map(|entry| {
        let who = Some(names.replace(&words::of_actor(&entry.actor))).filter(|who| !who.is_empty());
        Row::new([
            Cell::text(words::of_action(&entry.action)).note(names.replace(&entry.subject)),
            Cell::text(who.unwrap_or_else(|| t!("audit-former-member"))),
            Cell::view(request.moment_text(entry.at), request.moment(entry.at)).sorted_by(entry.at.0),
        ])
    });
    Table::new(t!("audit-title"), columns).ordered_by("-when").rows(rows.collect::<Vec<_>>())
}
