//! Server functions of the sign-in pages. They need no authentication.

use leptos::prelude::*;

use crate::error::AppError;

/// Whether a sign-in link is still valid.
#[server(prefix = "/api/fn", endpoint = "sign-in-link-works")]
pub async fn sign_in_link_works(token: String) -> Result<bool, AppError> {
    let flow = crate::server_context::flow()?;
    Ok(flow.access().sign_in_link_works(&token).await?)
}
