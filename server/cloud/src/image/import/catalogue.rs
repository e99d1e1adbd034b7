//! Well-known cloud images, as data: what each is called, where it lies and where its checksum does.

use super::super::service::ImageService;
use crate::authz::{self, Action};
use crate::fault::incident;
use api::image::{CatalogueEntry, NewImage, NewImport};
use api::{Caller, Error, ImageId, Result, Why};

const KNOWN: &str = include_str!("catalogue.json");

/// All there are, in the order of the data.
pub fn entries() -> Result<Vec<CatalogueEntry>> {
    serde_json::from_str(KNOWN).map_err(|error| incident("the catalogue of images", &error))
}

impl ImageService {
    /// Imports an image of the catalogue, with what is known of it.
    pub async fn import_known(&self, caller: &Caller, key: &str, visibility: &str) -> Result<ImageId> {
        authz::require(caller, Action::Write)?;
        let known = entries()?.into_iter().find(|entry| entry.key == key);
        let entry = known.ok_or_else(|| Error::field("key", Why::NotAChoice))?;
        let image = NewImage {
            name: format!("{} {}", entry.name, entry.version),
            visibility: visibility.to_owned(),
            min_disk_gb: entry.min_disk_gb.to_string(),
            min_ram_mb: entry.min_ram_mb.to_string(),
            ..NewImage::default()
        };
        let new = NewImport { image, url: entry.url, checksum_url: entry.checksum_url };
        let properties = vec![
            ("os_type", "linux".to_owned()),
            ("os_distro", entry.distro),
            ("os_version", entry.version),
            ("os_admin_user", entry.user),
            ("architecture", entry.architecture),
        ];
        self.begin_import(caller, new, properties).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn entries_are_whole() {
        let entries = entries().unwrap();
        let keys: HashSet<&String> = entries.iter().map(|entry| &entry.key).collect();
        assert_eq!(keys.len(), entries.len(), "a key stands for one image");
        for entry in &entries {
            for url in [&entry.url, &entry.checksum_url] {
                assert_eq!(super::super::web::parse(url).unwrap().scheme(), "https", "{url}");
            }
            assert!(entry.min_disk_gb > 0 && entry.min_ram_mb > 0, "{}", entry.key);
        }
        for distro in ["alpine", "cirros", "debian", "fedora", "rocky", "ubuntu"] {
            assert!(entries.iter().any(|entry| entry.distro == distro), "{distro}");
        }
    }
}
