//! Errors that server functions return to pages.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// Why a server function failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppError {
    /// Invalid input: one message per problem.
    Invalid(Vec<String>),
    /// Not signed in, or not allowed.
    Unauthorized,
    /// Not found; holds the kind of object, such as `link`.
    NotFound(String),
    /// A server or network error.
    Failed(String),
}

impl core::fmt::Display for AppError {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Invalid(faults) => write!(out, "{}", faults.join("; ")),
            Self::Unauthorized => {
                out.write_str("You are signed out or do not have access. Reopen the app or sign in again.")
            }
            Self::NotFound(what) => write!(out, "This {what} was not found."),
            Self::Failed(reason) => write!(out, "Request failed: {reason}"),
        }
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(reason) | ServerFnErrorErr::MissingArg(reason) => {
                #[cfg(feature = "ssr")]
                crate::response_status::set_status(http::StatusCode::BAD_REQUEST);
                Self::Invalid(vec![format!("the form is incomplete: {reason}")])
            }
            other => Self::Failed(other.to_string()),
        }
    }
}
