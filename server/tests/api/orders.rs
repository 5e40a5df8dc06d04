//! `/orders`.

mod attribution;
