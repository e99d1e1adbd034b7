//! The chain: each entry's hash is made of the one before and of everything that the entry says. Pure.

use super::Entry;
use api::Micros;
use sha2::{Digest, Sha256};

/// The hash of an entry that stands behind the one with the hash `before`.
pub fn link(before: &str, at: Micros, entry: &Entry<'_>) -> String {
    let at = at.to_string();
    let fields = [
        before,
        &at,
        entry.user_id.as_deref().unwrap_or_default(),
        entry.user_name,
        entry.project_id.as_deref().unwrap_or_default(),
        entry.verb,
        entry.kind,
        entry.target,
        entry.target_name,
        entry.result,
        entry.address,
        entry.request,
    ];
    let mut hash = Sha256::new();
    for field in fields {
        // With its length before it, so that no text can be moved from one field into the next.
        hash.update((field.len() as u64).to_le_bytes());
        hash.update(field.as_bytes());
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_counts() {
        let entry = Entry { user_name: "ann", verb: "instance_start", result: "ok", ..Entry::default() };
        let hash = link("before", 1, &entry);
        assert_eq!(hash.len(), 64);
        assert_eq!(hash, link("before", 1, &entry.clone()));
        let others = [
            link("other", 1, &entry),
            link("before", 2, &entry),
            link("before", 1, &Entry { user_id: Some("1".into()), ..entry.clone() }),
            link("before", 1, &Entry { user_name: "bob", ..entry.clone() }),
            link("before", 1, &Entry { project_id: Some("1".into()), ..entry.clone() }),
            link("before", 1, &Entry { verb: "instance_stop", ..entry.clone() }),
            link("before", 1, &Entry { kind: "image", ..entry.clone() }),
            link("before", 1, &Entry { target: "1", ..entry.clone() }),
            link("before", 1, &Entry { target_name: "1", ..entry.clone() }),
            link("before", 1, &Entry { result: "refused", ..entry.clone() }),
            link("before", 1, &Entry { address: "192.0.2.1", ..entry.clone() }),
            link("before", 1, &Entry { request: "req-1", ..entry.clone() }),
            link("before", 1, &Entry { user_name: "anni", verb: "nstance_start", ..entry.clone() }),
        ];
        for (n, other) in others.iter().enumerate() {
            assert_ne!(&hash, other, "{n}");
        }
    }
}
