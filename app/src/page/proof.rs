//! `/proof/{id}`: a revenue proof, for a stranger: what it states, whether it still holds, and its signature, verified in
//! the browser. Printable; useful without script.

use axum::{extract::Path, routing::get};
use domain::proof::{ProofStatement, RevokedBy};
use flow::proof::{PublicProof, ShownProof};
use http::StatusCode;
use leptos::prelude::*;

use super::{Routes, creator_home::proofs::days};
use crate::{
    component::chip,
    error::{PageError, PageResult},
    format,
    request::PublicRequest,
};

pub(crate) fn routes() -> Routes {
    vec![("/proof/{id}", get(show))]
}

async fn show(request: PublicRequest, Path(id): Path<String>) -> PageResult {
    match request.flow.proofs().find(&id, &request.client.0).await? {
        Some(PublicProof::Shown(proof)) => Ok(page(&request, &id, &proof)),
        Some(PublicProof::Withdrawn { by, .. }) => Ok(withdrawn(&request, by)),
        None => Err(PageError::not_found("proof")),
    }
}

fn withdrawn(request: &PublicRequest, by: RevokedBy) -> axum::response::Response {
    let by = match by {
        RevokedBy::Brand => "The brand has withdrawn this proof.",
        RevokedBy::Creator => "Its creator has withdrawn this proof.",
    };
    let body = view! {
        <main id="content" class="card narrow">
            <h1>"Proof withdrawn"</h1>
            <p>{by}</p>
            <p class="subdued">"What it stated is shown no longer. Ask its creator for a new one."</p>
        </main>
    };
    request.head.document(StatusCode::GONE, "Proof withdrawn", body)
}

fn page(request: &PublicRequest, id: &str, proof: &ShownProof) -> axum::response::Response {
    let statement = &proof.statement;
    let title = format!("{} × {}", statement.creator.name, statement.brand.name);
    let body = view! {
        <a class="skip" href="#content">"Skip to content"</a>
        <main id="content" class="proof">
            <article class="card">
                <p class="subdued kind">"Revenue proof"</p>
                <h1 tabindex="-1">{title.clone()}</h1>
                <p class="lead">{days(&statement.period)}</p>
                {sample(statement)}
                {standing(proof)}
                {figures(statement)}
                {signature(id, proof)}
                {details(id, statement)}
            </article>
            <p class="subdued made-by">"Signed by "{format::without_scheme(&statement.issuer)}" with CreatorScore, which joins sales to the creators who led to them."</p>
        </main>
    };
    request.head.document(StatusCode::OK, &format!("Revenue proof · {title}"), body)
}

fn sample(statement: &ProofStatement) -> Option<AnyView> {
    statement.is_sample.then(|| {
        view! { <p class="banner warning" role="note"><b>"Sample data"</b>" Everything in this proof is made up."</p> }.into_any()
    })
}

/// Whether the figures are still those of today.
fn standing(proof: &ShownProof) -> AnyView {
    if !proof.is_superseded {
        return view! { <p>{chip("Current", "good")}" These figures still hold."</p> }.into_any();
    }
    let newer = match &proof.newer {
        Some(id) => {
            let href = format!("/proof/{id}");
            view! { <a href=href>"See the newer proof of this period."</a> }.into_any()
        }
        None => view! { "Ask the creator for a newer one." }.into_any(),
    };
    view! {
        <div class="banner warning" role="note">
            <p><b>"Superseded."</b>" The figures of this period have changed since it was issued, for example by refunds. "{newer}</p>
        </div>
    }
    .into_any()
}

fn figures(statement: &ProofStatement) -> AnyView {
    let figures = &statement.figures;
    let amounts: Vec<String> = figures.amounts().map(|amount| amount.to_string()).collect();
    let amounts = if amounts.is_empty() { "–".to_owned() } else { amounts.join(" + ") };
    view! {
        <dl class="proof-figures">
            <div class="main-figure"><dt>"Net revenue"</dt><dd>{amounts}</dd></div>
            <div><dt>"Orders"</dt><dd data-claim="conversions">{format::count(figures.conversions)}</dd></div>
            <div><dt>"Clicks"</dt><dd data-claim="clicks">{format::count(figures.clicks)}</dd></div>
        </dl>
    }
    .into_any()
}

/// The signature. What it says without script is true without script.
fn signature(id: &str, proof: &ShownProof) -> AnyView {
    view! {
        <verify-proof data-jws=proof.jws.clone() data-shown=shown(id, &proof.statement)>
            <p class="banner" role="status">
                "This page carries a signed statement. A browser with script verifies it here; anyone can verify the file below without trusting this page."
            </p>
        </verify-proof>
    }
    .into_any()
}

/// What this page shows of the statement, under the statement's names. The browser compares it with what was signed.
fn shown(id: &str, statement: &ProofStatement) -> String {
    let ProofStatement { creator, brand, period, figures, .. } = statement;
    let shown = serde_json::json!({
        "jti": id, "creator": creator, "brand": brand, "period": period, "figures": figures
    });
    shown.to_string()
}

fn details(id: &str, statement: &ProofStatement) -> AnyView {
    let policies: Vec<String> = statement
        .policies
        .iter()
        .map(|policy| {
            let label = policy.model.label();
            format!("{label}, within {} days (version {} of the brand's rules)", policy.lookback_days, policy.version)
        })
        .collect();
    let issued = domain::time::Zone::UTC.day_of(statement.issued_at());
    let issued = format!("{} {}", issued.short(), issued.to_string().split('-').next().unwrap_or_default());
    let file = format!("/proof/{id}.jws");
    let command = format!("creatorscore proof verify {id}.jws --jwks jwks.json");
    view! {
        <dl class="proof-details">
            <dt>"Creator"</dt><dd>{format!("{} (@{})", statement.creator.name, statement.creator.handle)}</dd>
            <dt>"Brand"</dt><dd>{statement.brand.name.clone()}</dd>
            <dt>"Days"</dt><dd>{format!("{}, in the time zone {}", days(&statement.period), statement.period.time_zone.replace('_', " "))}</dd>
            <dt>"What is counted"</dt><dd>{statement.counted.clone()}</dd>
            <dt>"How orders are credited"</dt><dd>{policies.join("; ")}</dd>
            <dt>"Issued"</dt><dd>{issued}</dd>
            <dt>"Address"</dt><dd class="code">{statement.url.clone()}</dd>
        </dl>
        <details class="offline">
            <summary>"Verify it without this page"</summary>
            <p>
                "Download "<a href=file download="" data-native="">"the signed file"</a>" and "
                <a href="/.well-known/jwks.json" download="jwks.json" data-native="">"the issuer's public keys"</a>
                ", then run:"
            </p>
            <code class="block">{command}</code>
            <p class="subdued">"It is a JWS with an Ed25519 signature, which other tools read too."</p>
        </details>
    }
    .into_any()
}
