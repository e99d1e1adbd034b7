//! Following the chain of the audit log from its first entry to its last.

use super::{Entry, chain, store};
use crate::db::Db;
use crate::fault::StoreError;
use api::Micros;

/// Entries that are read at one time.
const STEP: i64 = 1000;

/// What following the chain has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was altered or taken out; the hash of the last entry, empty when there is none.
    Whole { entries: u64, head: String },
    /// This entry was altered, or one before it was altered or taken out.
    Broken { id: i64, at: Micros, verb: String },
    /// The chain is whole, but the hash that was noted before stands nowhere in it: the log's end was taken off or written anew.
    Foreign { entries: u64 },
}

/// Follows the chain; `noted` is a hash that it must have had at some time.
pub async fn verify(db: &Db, noted: Option<&str>) -> Result<Verdict, StoreError> {
    let (mut entries, mut last, mut head) = (0, i64::MIN, String::new());
    let mut seen = noted.is_none_or(str::is_empty);
    loop {
        let rows = store::behind(db.read(), last, STEP).await?;
        let Some(end) = rows.last() else { break };
        last = end.id;
        for row in &rows {
            if row.chain != chain::link(&head, row.at, &row.entry()) {
                return Ok(Verdict::Broken { id: row.id, at: row.at, verb: row.verb.clone() });
            }
            head.clone_from(&row.chain);
            seen |= noted == Some(head.as_str());
            entries += 1;
        }
    }
    Ok(if seen { Verdict::Whole { entries, head } } else { Verdict::Foreign { entries } })
}

/// Chains what was written before there was a chain. Only entries at the log's beginning can be without.
pub async fn chain_ensure(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    if store::first_chain(&mut tx).await?.is_none_or(|chain| !chain.is_empty()) {
        return Ok(());
    }
    let mut head = String::new();
    for row in store::unchained(&mut tx).await? {
        head = chain::link(&head, row.at, &row.entry());
        store::chain_set(&mut tx, row.id, &head).await?;
    }
    tx.commit().await?;
    Ok(())
}

impl store::Stored {
    fn entry(&self) -> Entry<'_> {
        Entry {
            user_id: self.user_id.clone(),
            user_name: &self.user_name,
            project_id: self.project_id.clone(),
            verb: &self.verb,
            kind: &self.kind,
            target: &self.target,
            target_name: &self.target_name,
            result: &self.result,
            address: &self.address,
            request: &self.request,
        }
    }
}
