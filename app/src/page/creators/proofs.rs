//! The revenue proofs that a creator has issued, which the brand can revoke.

use axum::response::Response;
use domain::{
    CreatorId, ProofId,
    proof::{ProofState, RevokedBy},
};
use flow::{FlowError, proof::IssuedProof};
use leptos::prelude::*;

use super::path_of;
use crate::{
    component::{chip, confirm},
    form::{Form, FormState, Posted, done},
    language::{rich, t},
    page::creator_home::proofs::days,
    request::BrandRequest,
};

/// Revokes a proof.
pub(super) async fn revoke(request: &BrandRequest, id: &CreatorId, posted: &Posted) -> Result<Response, FlowError> {
    let proof: ProofId = posted.id("proof", "proof")?;
    request.flow.proofs().revoke(&request.caller, &proof).await?;
    Ok(done(&path_of(id), "revoked"))
}

/// The card of the proofs; nothing if there are none.
pub(super) async fn card(request: &BrandRequest, id: &CreatorId) -> Result<Option<AnyView>, FlowError> {
    let proofs = request.flow.proofs().of_creator(&request.caller, id).await?;
    let rows = proofs.iter().map(|proof| row(request, proof)).collect::<Vec<_>>();
    Ok((!rows.is_empty()).then(|| {
        view! {
            <section class="card" id="proofs">
                <h2>{t!("proof-of-creator")}</h2>
                <p class="subdued">{t!("proof-of-creator-text")}</p>
                <ul class="rows">{rows}</ul>
            </section>
        }
        .into_any()
    }))
}

fn row(request: &BrandRequest, proof: &IssuedProof) -> AnyView {
    let state = match proof.state {
        ProofState::Current => chip(t!("proof-state-valid"), "good"),
        ProofState::Superseded => chip(t!("proof-state-superseded"), "warning"),
        ProofState::Revoked { by: RevokedBy::Brand, .. } => chip(t!("proof-state-revoked"), "bad"),
        ProofState::Revoked { by: RevokedBy::Creator, .. } => chip(t!("proof-state-withdrawn"), ""),
    };
    let is_withdrawn = matches!(proof.state, ProofState::Revoked { .. });
    let days = days(&proof.statement.period);
    // The page of a withdrawn one shows nothing any more.
    let name = if is_withdrawn {
        view! { <span>{days}</span> }.into_any()
    } else {
        let href = format!("/proof/{}", proof.id);
        view! { <a href=href target="_blank" rel="noopener">{days}</a> }.into_any()
    };
    let revoke = (!is_withdrawn).then(|| {
        let form = FormState::default().form("revoke-proof");
        let form = view! {
            <form method="post">
                {Form::hidden("proof", proof.id.to_string())}
                {form.button(t!("proof-revoke-proof"), "critical")}
            </form>
        };
        confirm(t!("proof-revoke"), t!("proof-revoke-text"), form)
    });
    let issued = rich!("proof-issued-at", moment = request.moment(proof.statement.issued_at()));
    view! {
        <li>
            <span>{name}" "{state}<small class="subdued">{issued}</small></span>
            {revoke}
        </li>
    }
    .into_any()
}
