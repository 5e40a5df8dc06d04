//! `/proof/{id}`: a revenue proof, for a stranger: what it states, whether it still holds, and its signature, verified in
//! the browser. Printable; useful without script.

use axum::{extract::Path, routing::get};
use domain::proof::{COUNTED, ProofStatement, RevokedBy};
use flow::proof::{PublicProof, ShownProof};
use http::StatusCode;
use leptos::prelude::*;

use super::{Routes, creator_home::proofs::days};
use crate::{
    component::chip,
    error::{PageError, PageResult},
    format,
    language::{rich, t},
    public_layout,
    request::PublicRequest,
    words,
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
        RevokedBy::Brand => t!("proof-withdrawn-by-brand"),
        RevokedBy::Creator => t!("proof-withdrawn-by-creator"),
    };
    let main = view! {
        <main id="content" class="card narrow">
            <h1>{t!("proof-withdrawn")}</h1>
            <p>{by}</p>
            <p class="subdued">{t!("proof-withdrawn-text")}</p>
        </main>
    };
    public_layout::show(request, StatusCode::GONE, &t!("proof-withdrawn"), main)
}

fn page(request: &PublicRequest, id: &str, proof: &ShownProof) -> axum::response::Response {
    let statement = &proof.statement;
    let title = format!("{} × {}", statement.creator.name, statement.brand.name);
    let made_by = t!("proof-signed-by", issuer = format::without_scheme(&statement.issuer));
    let page_title = t!("proof-page-title", title = &title);
    let main = view! {
        <a class="skip" href="#content">{t!("layout-skip")}</a>
        <main id="content" class="proof">
            <article class="card">
                <p class="subdued kind">{t!("proof-kind")}</p>
                <h1 tabindex="-1">{title}</h1>
                <p class="lead">{days(&statement.period)}</p>
                {sample(statement)}
                {standing(proof)}
                {figures(statement)}
                {signature(id, proof)}
                {details(id, statement)}
            </article>
            <p class="subdued made-by">{made_by}</p>
        </main>
    };
    public_layout::show(request, StatusCode::OK, &page_title, main)
}

fn sample(statement: &ProofStatement) -> Option<AnyView> {
    statement.is_sample.then(|| {
        let label = view! { <b>{t!("proof-sample")}</b> }.into_any();
        view! { <p class="banner warning" role="note">{rich!("proof-sample-text", label = label)}</p> }.into_any()
    })
}

/// Whether the figures are still those of today.
fn standing(proof: &ShownProof) -> AnyView {
    if !proof.is_superseded {
        let label = chip(t!("proof-current"), "good");
        return view! { <p>{rich!("proof-current-text", label = label)}</p> }.into_any();
    }
    let label = view! { <b>{t!("proof-superseded-lead")}</b> }.into_any();
    let text = match &proof.newer {
        Some(id) => {
            let link = view! { <a href=format!("/proof/{id}")>{t!("proof-newer")}</a> }.into_any();
            rich!("proof-superseded-newer", label = label, link = link)
        }
        None => rich!("proof-superseded-ask", label = label),
    };
    view! { <div class="banner warning" role="note"><p>{text}</p></div> }.into_any()
}

fn figures(statement: &ProofStatement) -> AnyView {
    let figures = &statement.figures;
    let amounts: Vec<String> = figures.amounts().map(format::amount).collect();
    let amounts = if amounts.is_empty() { "–".to_owned() } else { amounts.join(" + ") };
    view! {
        <dl class="proof-figures">
            <div class="main-figure"><dt>{t!("proof-net-revenue")}</dt><dd>{amounts}</dd></div>
            <div><dt>{t!("proof-orders")}</dt><dd data-claim="conversions">{format::count(figures.conversions)}</dd></div>
            <div><dt>{t!("proof-clicks")}</dt><dd data-claim="clicks">{format::count(figures.clicks)}</dd></div>
        </dl>
    }
    .into_any()
}

/// The signature. What it says without script is true without script.
fn signature(id: &str, proof: &ShownProof) -> AnyView {
    view! {
        <verify-proof
            data-jws=proof.jws.clone()
            data-shown=shown(id, &proof.statement)
            data-valid=t!("proof-signature-valid")
            data-wrong=t!("proof-signature-wrong")
            data-differs=t!("proof-signature-differs")
            data-unknown=t!("proof-signature-unknown")
            data-unsupported=t!("proof-signature-unsupported")
            data-offline=t!("proof-signature-offline")
        >
            <p class="banner" role="status">{t!("proof-signature")}</p>
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
            let (model, version) = (words::model(policy.model).text(), policy.version.to_string());
            t!("proof-policy", model = model, days = policy.lookback_days, version = version)
        })
        .collect();
    let issued = domain::time::Zone::UTC.day_of(statement.issued_at());
    let days =
        t!("proof-days-in-zone", days = days(&statement.period), zone = statement.period.time_zone.replace('_', " "));
    // It is signed in English, in words that the catalogue has too.
    let counted = if statement.counted == COUNTED { t!("proof-counted") } else { statement.counted.clone() };
    let file = format!("/proof/{id}.jws");
    let command = format!("creatorscore proof verify {id}.jws --jwks jwks.json");
    let signed = view! { <a href=file download="" data-native="">{t!("proof-verify-file")}</a> }.into_any();
    let keys = view! {
        <a href="/.well-known/jwks.json" download="jwks.json" data-native="">{t!("proof-verify-keys")}</a>
    }
    .into_any();
    view! {
        <dl class="proof-details">
            <dt>{t!("proof-creator")}</dt><dd>{format!("{} (@{})", statement.creator.name, statement.creator.handle)}</dd>
            <dt>{t!("proof-brand")}</dt><dd>{statement.brand.name.clone()}</dd>
            <dt>{t!("proof-days")}</dt><dd>{days}</dd>
            <dt>{t!("proof-counted-label")}</dt><dd>{counted}</dd>
            <dt>{t!("proof-credited")}</dt><dd>{policies.join("; ")}</dd>
            <dt>{t!("proof-issued")}</dt><dd>{format::full_date(issued)}</dd>
            <dt>{t!("proof-address")}</dt><dd class="code">{statement.url.clone()}</dd>
        </dl>
        <details class="offline">
            <summary>{t!("proof-verify")}</summary>
            <p>{rich!("proof-verify-how", file = signed, keys = keys)}</p>
            <code class="block">{command}</code>
            <p class="subdued">{t!("proof-verify-format")}</p>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_what_statements_say_is_counted() {
        assert_eq!(t!("proof-counted"), COUNTED);
    }
}
