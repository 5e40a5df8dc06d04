//! `/brand/attribution/creators`: the brand's creators, and a page for each.

mod balance;
mod detail;
mod edit;
mod imports;
mod invite;
mod list;
mod merge;
mod named;
mod payout_details;
mod proofs;
mod states;

use axum::routing::get;
use domain::CreatorId;

use super::Routes;

/// The path of the list; a creator's page is below it.
pub(crate) const PATH: &str = "/brand/attribution/creators";

pub(crate) fn routes() -> Routes {
    let own: Routes = vec![
        (PATH, get(list::show).post(list::submit)),
        ("/brand/attribution/creators/{id}", get(detail::show).post(detail::submit)),
    ];
    own.into_iter().chain(imports::routes()).collect()
}

/// The pages that take files.
pub(crate) fn upload_routes() -> Routes {
    imports::upload_routes()
}

/// The path of the imports.
pub(crate) const IMPORTS: &str = imports::PATH;

/// The page of a creator.
pub(crate) fn path_of(id: &CreatorId) -> String {
    format!("{PATH}/{id}")
}
