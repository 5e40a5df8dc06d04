//! How a creator is paid.

use domain::CreatorId;
use flow::FlowError;
use leptos::prelude::*;

use crate::request::BrandRequest;

/// The card. Only owners see the address to pay to.
pub(super) async fn card(request: &BrandRequest, creator: &CreatorId) -> Result<AnyView, FlowError> {
    let way = request.flow.payouts().way_of(&request.caller, creator).await?;
    let content = match way {
        None => view! {
            <p class="subdued">"Not known yet. Creators who sign in by e-mail say so on their page of payouts."</p>
        }
        .into_any(),
        Some(way) => {
            let by = if way.is_own { "by the creator" } else { "by your team, an import or a merge" };
            let changed =
                way.changed_at.map(|at| view! { <p class="subdued">"Changed "{request.moment(at)}" "{by}</p> });
            let lately = way.changed_days_ago(request.flow.now()).map(|_| {
                view! { <p class="warning">"Changed in the last 7 days: ask the creator before you pay."</p> }
            });
            let address = way.address.map_or_else(
                || view! { <p class="subdued">"Owners see where the money goes."</p> }.into_any(),
                |address| view! { <p data-testid="pay-to">{address}</p> }.into_any(),
            );
            view! { <p><b>{way.method.label()}</b></p>{address}{changed}{lately} }.into_any()
        }
    };
    Ok(view! { <section class="card" id="payout-details"><h2>"How they are paid"</h2>{content}</section> }.into_any())
}
