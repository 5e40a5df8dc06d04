//! How a creator is paid.

use domain::CreatorId;
use flow::FlowError;
use leptos::prelude::*;

use crate::{
    language::{rich, t},
    request::BrandRequest,
    words,
};

/// The card. Only owners see the address to pay to.
pub(super) async fn card(request: &BrandRequest, creator: &CreatorId) -> Result<AnyView, FlowError> {
    let way = request.flow.payouts().way_of(&request.caller, creator).await?;
    let content = match way {
        None => view! {
            <p class="subdued">{t!("creators-payout-unknown")}</p>
        }
        .into_any(),
        Some(way) => {
            let changed = way.changed_at.map(|at| {
                let moment = request.moment(at);
                let text = if way.is_own {
                    rich!("creators-payout-changed-own", moment = moment)
                } else {
                    rich!("creators-payout-changed", moment = moment)
                };
                view! { <p class="subdued">{text}</p> }
            });
            let lately = way
                .changed_days_ago(request.flow.now())
                .map(|_| view! { <p class="warning">{t!("creators-payout-changed-lately")}</p> });
            let address = way.address.map_or_else(
                || view! { <p class="subdued">{t!("creators-payout-hidden")}</p> }.into_any(),
                |address| view! { <p data-testid="pay-to">{address}</p> }.into_any(),
            );
            view! { <p><b>{words::payout_method(way.method).text()}</b></p>{address}{changed}{lately} }.into_any()
        }
    };
    Ok(view! { <section class="card" id="payout-details"><h2>{t!("creators-payout-details")}</h2>{content}</section> }
        .into_any())
}
