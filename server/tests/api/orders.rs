//! `/orders`.

mod attribution;
mod one_sale;
