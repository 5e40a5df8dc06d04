//! `/brand/attribution/settings/audit`: who changed what, in words.

mod words;

use std::collections::BTreeMap;

use axum::routing::get;
use flow::FlowError;
use leptos::prelude::*;

use super::Routes;
use crate::{
    brand_layout::{BrandPage, SETTINGS_TABS},
    component::empty,
    error::PageResult,
    picker::filter_bar,
    request::BrandRequest,
    table::{Cell, Column, Row, Table},
};

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
    let entries = request.flow.setup().audit_log(&request.caller).await?;
    let names = names(&request).await?;
    let columns =
        [Column::text("what", "What was done"), Column::text("who", "By"), Column::number("at", "When")];
    let rows = entries.into_iter().map(|(at, actor, action, subject)| {
        let what = words::of_action(&action);
        let who = Some(names.replace(&words::of_actor(&actor))).filter(|who| !who.is_empty());
        Row::new([
            Cell::text(what).note(names.replace(&subject)),
            Cell::text(who.unwrap_or_else(|| "A former member".to_owned())),
            Cell::view(request.moment_text(at), request.moment(at)).sorted_by(at.0),
        ])
    });
    let table = Table::new("Audit log", columns).rows(rows.collect::<Vec<_>>()).empty(empty(
        "Nothing was changed yet",
        "Changes to money, settings and access will be listed here, with who made them.",
        None,
    ));
    if table.is_csv_wanted(&request.address) {
        return table.csv(&request.address, "audit-log");
    }
    let content = view! {
        <p class="subdued">"The latest 50 changes to money, settings and access. Nobody can alter this list."</p>
        {filter_bar(&request.address, "Search the log", vec![])}
        {table.view(&request.address)}
    };
    Ok(BrandPage::new("Audit log").tabs(&SETTINGS_TABS).show(&request, content))
}
