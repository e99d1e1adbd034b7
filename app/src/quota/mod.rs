//! Quotas: what a project may use, what it uses, and asking for more.

pub mod calls;
mod limits;
mod overview;
mod own;
mod project_limits;
mod requests;

pub use limits::QuotaDefaults;
pub use own::Quotas;
pub use project_limits::ProjectQuota;

use crate::i18n::format;
use api::quota::Resource;

/// An amount as people read it; −1 is no limit.
pub fn amount(resource: Resource, amount: i64) -> String {
    if amount < 0 {
        return crate::i18n::text().ui.unlimited.to_owned();
    }
    let (_, show) = crate::overview::naming(resource);
    show.unwrap_or(format::number)(amount.unsigned_abs())
}
