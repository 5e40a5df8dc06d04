//! `/track`.

mod affiliate;
mod event;
mod redirect;
mod refund;
mod sale;
