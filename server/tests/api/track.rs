//! `/track`.

mod affiliate;
mod event;
mod redirect;
