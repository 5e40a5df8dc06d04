//! Idempotency keys of writes that do not store their answer themselves: the key is reserved before the write, and the answer is
//! kept, encrypted, after it.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use flow::{
    Flow,
    access::ApiCaller,
    api::{Answer, Claim},
};
use tracing::Instrument;

use super::{
    call::{claim_of, respond},
    fault::{Code, Fault},
    gate::Admitted,
};
use crate::http::{body, error::ApiError};

/// Largest answer that is kept, in bytes: one row of a bulk request takes some hundred.
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// Lets a write with an idempotency key happen once.
pub(crate) async fn keep(State(flow): State<Flow>, request: Request, next: Next) -> Response {
    let Some(Admitted(caller)) = request.extensions().get::<Admitted>().cloned() else {
        return next.run(request).await;
    };
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    match claimed(&flow, &caller, request).await {
        Err(fault) => fault.into_response(),
        Ok((request, None)) => next.run(request).await,
        Ok((request, Some(claim))) => match flow.api().reserve(&caller, &claim).await {
            Err(error) => Fault::from(error).into_response(),
            Ok(Some(done)) => respond(done),
            Ok(None) => {
                // Goes on if the client hangs up: it repeats the request with the same key, and must find the answer.
                let done = async move {
                    let response = next.run(request).await;
                    kept(&flow, &caller, &claim, response).await
                };
                match tokio::spawn(done.in_current_span()).await {
                    Ok(response) => response,
                    Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                    Err(_) => ApiError::overloaded().into_response(),
                }
            }
        },
    }
}

/// The request's claim, and the request with its body still to be read.
async fn claimed(flow: &Flow, caller: &ApiCaller, request: Request) -> Result<(Request, Option<Claim>), Fault> {
    let (parts, body) = request.into_parts();
    let mut whole = Request::new(body);
    *whole.headers_mut() = parts.headers.clone();
    *whole.extensions_mut() = parts.extensions.clone();
    let bytes: Bytes = body::bytes(whole).await?;
    let path = parts.uri.path().to_owned();
    let claim = claim_of(caller, &parts.headers, parts.method.as_str(), path, &bytes, flow.now())?;
    Ok((Request::from_parts(parts, Body::from(bytes)), claim))
}

/// Keeps the answer to a write that was done; of another one, the key is free again.
async fn kept(flow: &Flow, caller: &ApiCaller, claim: &Claim, response: Response) -> Response {
    if !response.status().is_success() {
        if let Err(error) = flow.api().release(caller, claim).await {
            tracing::warn!(%error, "an idempotency key stays reserved for a minute");
        }
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER_BYTES_MAX).await else {
        return Fault::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, "Internal error").into_response();
    };
    let answer = Answer { status: parts.status.as_u16(), body: String::from_utf8_lossy(&bytes).into_owned() };
    if let Err(error) = flow.api().keep(caller, claim, &answer).await {
        // The write is done, and its sender is to know. A repeat within the next minute is refused.
        tracing::warn!(%error, "the answer to a write with an idempotency key is not kept");
    }
    Response::from_parts(parts, Body::from(bytes))
}
