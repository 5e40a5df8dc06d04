//! To be written.

use super::Routes;

pub(crate) fn routes() -> Routes {
    vec![]
}
